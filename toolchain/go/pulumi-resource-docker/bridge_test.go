package main

import (
	"context"
	"encoding/json"
	"flag"
	"os"
	"regexp"
	"strings"
	"testing"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// The names that the bridge gives are recorded in testdata, where the repository's tests compare them with the
// official SDK. After a change of the pinned versions record them anew, from built programs in one folder:
//
//	go test -run Recorded -programs <folder> -update && npx biome check --write testdata
var (
	programs = flag.String("programs", "", "folder with the bridge and the Terraform provider, to compare with the recorded names")
	update   = flag.Bool("update", false, "record the names that the programs give")
)

const recordedFile = "testdata/bridge-names.json"

// recorded is what testdata holds: shapes as the wire sees them, and the versions they belong to.
type recorded struct {
	Versions  map[string]string    `json:"versions"`
	Provider  map[string]any       `json:"provider"`
	Resources map[string]signature `json:"resources"`
	Functions map[string]signature `json:"functions"`
}

type signature struct {
	Inputs  map[string]any `json:"inputs"`
	Outputs map[string]any `json:"outputs"`
}

func TestRecordedNamesAreThoseOfThePinnedVersions(t *testing.T) {
	text, err := os.ReadFile(recordedFile)
	if err != nil && !*update {
		t.Fatal(err)
	}
	var got recorded
	if err := json.Unmarshal(text, &got); err != nil && !*update {
		t.Fatal(err)
	}
	want := recorded{Versions: pinnedVersions(t), Provider: got.Provider, Resources: got.Resources, Functions: got.Functions}
	if *programs != "" {
		want.read(t, *programs)
	}
	wanted, err := json.Marshal(want)
	equal(t, err, nil)
	if *update {
		equal(t, os.WriteFile(recordedFile, wanted, 0o644), nil)
		return
	}
	have, err := json.Marshal(got)
	equal(t, err, nil)
	equal(t, string(have), string(wanted))
}

func pinnedVersions(t *testing.T) map[string]string {
	t.Helper()
	versions := map[string]string{}
	for _, tool := range []string{"terraform-bridge", "terraform-provider-docker"} {
		text, err := os.ReadFile("../" + tool + "/go.mod")
		equal(t, err, nil)
		direct := regexp.MustCompile(`(?m)^require \S+ (\S+)$`).FindSubmatch(text)
		versions[tool] = string(direct[1])
	}
	return versions
}

func (r *recorded) read(t *testing.T, folder string) {
	t.Helper()
	found, err := locateIn([]string{folder})
	if err != nil {
		t.Fatal(err)
	}
	bridge := startBridge(found, nil)
	defer bridge.stop()
	conn, err := bridge.connection(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	answer, err := pulumirpc.NewResourceProviderClient(conn).GetSchema(context.Background(), &pulumirpc.GetSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	var schema map[string]any
	equal(t, json.Unmarshal([]byte(answer.Schema), &schema), nil)
	types := child(schema, "types")
	r.Provider = shapes(child(child(schema, "provider"), "inputProperties"), types)
	r.Resources, r.Functions = map[string]signature{}, map[string]signature{}
	for token := range child(schema, "resources") {
		resource := child(child(schema, "resources"), token)
		r.Resources[token] = signature{shapes(child(resource, "inputProperties"), types), shapes(child(resource, "properties"), types)}
	}
	for token := range child(schema, "functions") {
		function := child(child(schema, "functions"), token)
		inputs, outputs := child(child(function, "inputs"), "properties"), child(child(function, "outputs"), "properties")
		r.Functions[token] = signature{shapes(inputs, types), shapes(outputs, types)}
	}
}

func shapes(properties, types map[string]any) map[string]any {
	found := make(map[string]any, len(properties))
	for name := range properties {
		found[name] = shape(child(properties, name), types)
	}
	return found
}

func shape(property, types map[string]any) any {
	if reference, ok := property["$ref"].(string); ok {
		return shapes(child(child(types, strings.TrimPrefix(reference, "#/types/")), "properties"), types)
	}
	switch property["type"] {
	case "array":
		return []any{shape(child(property, "items"), types)}
	case "object":
		return map[string]any{"*": shape(child(property, "additionalProperties"), types)}
	case "integer":
		return "number"
	}
	return property["type"]
}
