package main

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/structpb"
)

const (
	containerURN = "urn:pulumi:dev::app::my:index:Service$docker:index/container:Container::api::1"
	imageURN     = "urn:pulumi:dev::app::docker:index/remoteImage:RemoteImage$docker:index/remoteImage:RemoteImage::api"
)

func table(t *testing.T) *nameTable {
	t.Helper()
	names, err := readNames()
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func bag(t *testing.T, fields map[string]any) *structpb.Struct {
	t.Helper()
	value, err := structpb.NewStruct(fields)
	if err != nil {
		t.Fatal(err)
	}
	return value
}

func equal(t *testing.T, got, want any) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestRequestsReachTheBridgeInItsOwnWords(t *testing.T) {
	secret := map[string]any{"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "value": []any{"a"}}
	request := &pulumirpc.UpdateRequest{
		Id:            "4f",
		Urn:           containerURN,
		Type:          containerToken,
		Olds:          bag(t, map[string]any{"command": []any{"old"}, "name": "api"}),
		News:          bag(t, map[string]any{"command": secret, "__defaults": []any{"networksAdvanced", "rm"}}),
		OldInputs:     bag(t, map[string]any{"networksAdvanced": []any{}}),
		IgnoreChanges: []string{"networksAdvanced[0].aliases", "name"},
	}
	token, err := table(t).request(request)
	equal(t, err, nil)
	equal(t, token, containerToken)
	equal(t, request.Urn, containerURN)
	equal(t, request.Olds.AsMap(), map[string]any{"commands": []any{"old"}, "name": "api", "containerId": "4f"})
	equal(t, request.News.AsMap(), map[string]any{"commands": secret, "__defaults": []any{"networksAdvanceds", "rm"}})
	equal(t, request.OldInputs.AsMap(), map[string]any{"networksAdvanceds": []any{}})
	equal(t, request.IgnoreChanges, []string{"networksAdvanceds[0].aliases", "name"})
}

func TestAStateIsGivenItsIdUnlessItAsksForAnImport(t *testing.T) {
	for _, example := range []struct {
		urn         string
		state, want map[string]any
	}{
		{containerURN, map[string]any{"name": "api"}, map[string]any{"name": "api", "containerId": "4f"}},
		{containerURN, map[string]any{"name": "api", "id": "5e"}, map[string]any{"name": "api", "containerId": "5e"}},
		{imageURN, map[string]any{"name": "api"}, map[string]any{"name": "api", "id": "4f"}},
		{containerURN, map[string]any{}, map[string]any{}},
	} {
		request := &pulumirpc.ReadRequest{Id: "4f", Urn: example.urn, Properties: bag(t, example.state)}
		_, err := table(t).request(request)
		equal(t, err, nil)
		equal(t, request.Properties.AsMap(), example.want)
	}
}

func TestTypesAreRenamedInTheUrnButNotInItsParents(t *testing.T) {
	request := &pulumirpc.CreateRequest{Urn: imageURN, Type: "docker:index/remoteImage:RemoteImage"}
	token, err := table(t).request(request)
	equal(t, err, nil)
	equal(t, token, "docker:index/remoteImage:RemoteImage")
	equal(t, request.Type, "docker:index/image:Image")
	equal(t, request.Urn, "urn:pulumi:dev::app::docker:index/remoteImage:RemoteImage$docker:index/image:Image::api")
}

func TestFunctionsAndConfigurationAreRenamed(t *testing.T) {
	invoke := &pulumirpc.InvokeRequest{Tok: "docker:index/getRemoteImage:getRemoteImage"}
	_, err := table(t).request(invoke)
	equal(t, err, nil)
	equal(t, invoke.Tok, "docker:index/getImage:getImage")

	configure := &pulumirpc.ConfigureRequest{
		Variables: map[string]string{"docker:config:registryAuth": "[]", "docker:config:host": "unix:///x"},
		Args:      bag(t, map[string]any{"registryAuth": "[]", "host": "unix:///x"}),
	}
	_, err = table(t).request(configure)
	equal(t, err, nil)
	equal(t, configure.Variables, map[string]string{"docker:config:registryAuths": "[]", "docker:config:host": "unix:///x"})
	equal(t, configure.Args.AsMap(), map[string]any{"registryAuths": "[]", "host": "unix:///x"})
}

func TestDockerImageIsRefusedWithTheMend(t *testing.T) {
	_, err := table(t).request(&pulumirpc.CheckRequest{Urn: "urn:pulumi:dev::app::docker:index/image:Image::x"})
	equal(t, status.Code(err), codes.FailedPrecondition)
	equal(t, status.Convert(err).Message(),
		"docker.Image is built by the official plugin alone, which is not installed here; use docker.RemoteImage with build")
}

func TestResponsesReachTheEngineInTheOfficialWords(t *testing.T) {
	diff := &pulumirpc.DiffResponse{
		Replaces:     []string{"commands"},
		Diffs:        []string{"commands", "memory"},
		DetailedDiff: map[string]*pulumirpc.PropertyDiff{"networksAdvanceds[0].name": {}, "memory": {}},
	}
	equal(t, table(t).response(containerToken, diff), nil)
	equal(t, diff.Replaces, []string{"command"})
	equal(t, diff.Diffs, []string{"command", "memory"})
	equal(t, diff.DetailedDiff, map[string]*pulumirpc.PropertyDiff{"networksAdvanced[0].name": {}, "memory": {}})

	check := &pulumirpc.CheckResponse{
		Inputs:   bag(t, map[string]any{"commands": []any{"a"}}),
		Failures: []*pulumirpc.CheckFailure{{Property: "networksAdvanceds[1]", Reason: "r"}},
	}
	equal(t, table(t).response(containerToken, check), nil)
	equal(t, check.Inputs.AsMap(), map[string]any{"command": []any{"a"}})
	equal(t, check.Failures[0].Property, "networksAdvanced[1]")
}

func TestTheStateInsideAnErrorIsRenamedAndItsTextTrimmed(t *testing.T) {
	failed, err := status.New(codes.Unknown, "Unable to start container: no: ").WithDetails(
		&pulumirpc.ErrorResourceInitFailed{Id: "1", Properties: bag(t, map[string]any{"commands": "x"})})
	equal(t, err, nil)
	renamed := status.Convert(table(t).failure(containerToken, failed.Err()))
	equal(t, renamed.Message(), "Unable to start container: no")
	equal(t, renamed.Details()[0].(*pulumirpc.ErrorResourceInitFailed).Properties.AsMap(), map[string]any{"command": "x"})
	equal(t, table(t).failure(containerToken, errors.New("plain: ")).Error(), "plain: ")
}

func TestTheSchemaIsTheOfficialOne(t *testing.T) {
	text, err := table(t).schema(`{"version":"0.0.0","parameterization":{"parameter":"x"},"config":{"variables":{"registryAuths":{}}},` +
		`"provider":{"inputProperties":{"registryAuths":{}}},"functions":{"docker:index/getImage:getImage":{}},"resources":{` +
		`"docker:index/image:Image":{},"docker:index/container:Container":{"properties":{"commands":{},"containerId":{}},"required":["commands","image"]}}}`)
	equal(t, err, nil)
	var got map[string]any
	equal(t, json.Unmarshal([]byte(text), &got), nil)
	none := map[string]any{}
	equal(t, got, map[string]any{
		"version":   "5.2.0",
		"config":    map[string]any{"variables": map[string]any{"registryAuth": none}},
		"provider":  map[string]any{"inputProperties": map[string]any{"registryAuth": none}},
		"functions": map[string]any{"docker:index/getRemoteImage:getRemoteImage": none},
		"resources": map[string]any{
			"docker:index/remoteImage:RemoteImage": none,
			"docker:index/container:Container": map[string]any{
				"properties": map[string]any{"command": none}, "required": []any{"command", "image"},
			},
		},
	})
}

func TestTheProgramsBehindThePluginAreFoundBesideIt(t *testing.T) {
	first, second := t.TempDir(), t.TempDir()
	_, err := locateIn([]string{first, second})
	equal(t, err.Error(), bridgeName+" is missing: it belongs into "+first+", beside this plugin")
	for _, name := range []string{bridgeName, providerName} {
		equal(t, os.WriteFile(filepath.Join(second, name), nil, 0o755), nil)
	}
	found, err := locateIn([]string{first, second})
	equal(t, err, nil)
	equal(t, found, binaries{filepath.Join(second, bridgeName), filepath.Join(second, providerName)})
}
