package main

import (
	"context"
	"errors"
	"testing"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
)

func TestAnErrorIsLoggedOnceAndNeverLost(t *testing.T) {
	logs := newLogRelay()
	said := &pulumirpc.LogRequest{Severity: pulumirpc.LogSeverity_ERROR, Urn: containerURN, Message: "[ERROR] : cannot start\n"}
	unsaid := &pulumirpc.LogRequest{Severity: pulumirpc.LogSeverity_ERROR, Urn: containerURN, Message: "[ERROR] : and this"}
	warning := &pulumirpc.LogRequest{Severity: pulumirpc.LogSeverity_WARNING, Urn: containerURN, Message: "old"}
	equal(t, logs.hold(said), false)

	logs.begin(containerURN)
	equal(t, []bool{logs.hold(said), logs.hold(unsaid), logs.hold(warning)}, []bool{true, true, false})
	equal(t, logs.end(containerURN, errors.New("cannot start: ")), []*pulumirpc.LogRequest{unsaid})

	logs.begin(containerURN)
	equal(t, logs.hold(said), true)
	equal(t, logs.end(containerURN, nil), []*pulumirpc.LogRequest{said})
	equal(t, logs.hold(said), false)
}

func TestOnlyAContainerOfOurOwnIsRemovedAfterAFailedCreate(t *testing.T) {
	create := func(preview bool, urn string) *pulumirpc.CreateRequest {
		return &pulumirpc.CreateRequest{Urn: urn, Preview: preview, Properties: bag(t, map[string]any{"name": "api"})}
	}
	started := errors.New("Unable to start container: port is already allocated")
	taken := errors.New(`Unable to create container: the name "/api" is already in use`)

	removal := leftover(create(false, containerURN), started)
	equal(t, removal.Id, "api")
	equal(t, removal.Properties.AsMap(),
		map[string]any{"name": "api", "containerId": "api", "__meta": `{"schema_version":"2"}`})

	for _, none := range []*pulumirpc.DeleteRequest{
		leftover(create(false, containerURN), taken),
		leftover(create(false, containerURN), nil),
		leftover(create(true, containerURN), started),
		leftover(create(false, imageURN), started),
		leftover(&pulumirpc.UpdateRequest{Urn: containerURN}, started),
	} {
		equal(t, none, (*pulumirpc.DeleteRequest)(nil))
	}
}

func TestEveryUnaryMethodOfTheProtocolIsForwarded(t *testing.T) {
	var paths []string
	service, err := forwarded(pulumirpc.ResourceProvider_ServiceDesc.ServiceName,
		func(_ context.Context, path string, _, _ proto.Message) error {
			paths = append(paths, path)
			return nil
		})
	equal(t, err, nil)
	var want []string
	for index, method := range pulumirpc.ResourceProvider_ServiceDesc.Methods {
		want = append(want, "/pulumirpc.ResourceProvider/"+method.MethodName)
		_, err := service.Methods[index].Handler(nil, context.Background(), func(any) error { return nil }, nil)
		equal(t, err, nil)
	}
	equal(t, paths, want)
}

func TestWhatTheEngineAsksWithinItsTimeLimitDoesNotWaitForTheBridge(t *testing.T) {
	plugin := &plugin{bridge: &bridge{ready: make(chan struct{})}}
	ctx, cancel := context.WithCancel(context.Background())
	cancel() // whoever waits for the bridge gets this context's error instead of an answer
	for path, want := range map[string]codes.Code{
		pulumirpc.ResourceProvider_Handshake_FullMethodName:     codes.Unimplemented,
		pulumirpc.ResourceProvider_Parameterize_FullMethodName:  codes.Unimplemented,
		pulumirpc.ResourceProvider_GetPluginInfo_FullMethodName: codes.OK,
	} {
		equal(t, status.Code(plugin.toBridge(ctx, path, nil, &pulumirpc.PluginInfo{})), want)
	}
	configure := plugin.toBridge(ctx, pulumirpc.ResourceProvider_Configure_FullMethodName, nil, nil)
	equal(t, configure, context.Canceled)
}

func TestTheBridgeIsToldOurAddressInsteadOfTheEngines(t *testing.T) {
	for _, example := range []struct{ args, want []string }{
		{[]string{"127.0.0.1:1"}, []string{"ours"}},
		{[]string{"-v=9", "--tracing", "x", "127.0.0.1:1"}, []string{"-v=9", "--tracing", "x", "ours"}},
		{[]string{"--logtostderr"}, []string{"--logtostderr"}},
		{nil, nil},
	} {
		plugin := &plugin{}
		args, err := plugin.standInForEngine(example.args, "ours")
		equal(t, err, nil)
		equal(t, args, example.want)
		equal(t, plugin.engine != (*grpc.ClientConn)(nil), len(example.args) > 0 && example.args[0] != "--logtostderr")
	}
}
