package main

import (
	"fmt"
	"os"
	"path/filepath"
)

const (
	bridgeName   = "pulumi-resource-terraform-provider"
	providerName = "terraform-provider-docker"
)

// binaries are the two programs that this plugin stands in front of.
type binaries struct{ bridge, provider string }

// locate finds both programs beside this one, under the name it was started by or, where that is a symbolic link,
// beside the file the link leads to.
func locate() (binaries, error) {
	self, err := os.Executable()
	if err != nil {
		return binaries{}, fmt.Errorf("cannot tell where this program lies: %w", err)
	}
	folders := []string{filepath.Dir(self)}
	if target, err := filepath.EvalSymlinks(self); err == nil && filepath.Dir(target) != folders[0] {
		folders = append(folders, filepath.Dir(target))
	}
	return locateIn(folders)
}

func locateIn(folders []string) (binaries, error) {
	var found binaries
	for _, wanted := range []struct {
		name string
		path *string
	}{{bridgeName, &found.bridge}, {providerName, &found.provider}} {
		for _, folder := range folders {
			candidate := filepath.Join(folder, wanted.name)
			if info, err := os.Stat(candidate); err == nil && info.Mode().IsRegular() {
				*wanted.path = candidate
				break
			}
		}
		if *wanted.path == "" {
			return binaries{}, fmt.Errorf("%s is missing: it belongs into %s, beside this plugin", wanted.name, folders[0])
		}
	}
	return found, nil
}
