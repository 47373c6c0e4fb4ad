package main

import (
	"context"
	"fmt"
	"net"
	"strings"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
)

// plugin is the provider for the engine and the engine for the bridge.
type plugin struct {
	names  *nameTable
	bridge *bridge
	engine *grpc.ClientConn // nil when nobody told us where the engine is
	logs   *logRelay
}

// serve answers the engine until the context ends. It prints its port, which the engine waits for, before the bridge
// is up.
func serve(ctx context.Context, binaries binaries, args []string) error {
	names, err := readNames()
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	plugin := &plugin{names: names, logs: newLogRelay()}
	args, err = plugin.standInForEngine(args, listener.Addr().String())
	if err != nil {
		return err
	}
	server := grpc.NewServer(grpc.MaxRecvMsgSize(maxMessage), grpc.MaxSendMsgSize(maxMessage))
	for name, handle := range map[string]handler{
		pulumirpc.ResourceProvider_ServiceDesc.ServiceName: plugin.toBridge,
		pulumirpc.Engine_ServiceDesc.ServiceName:           plugin.toEngine,
	} {
		service, err := forwarded(name, handle)
		if err != nil {
			return err
		}
		server.RegisterService(service, nil)
	}
	plugin.bridge = startBridge(binaries, args)
	defer plugin.bridge.stop()
	go func() {
		select {
		case <-ctx.Done():
		case <-plugin.bridge.exited:
		}
		server.Stop()
	}()
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	return server.Serve(listener)
}

// standInForEngine answers the arguments for the bridge: ours, with our address for the engine's, which is the last.
func (p *plugin) standInForEngine(args []string, address string) ([]string, error) {
	last := len(args) - 1
	if last < 0 || strings.HasPrefix(args[last], "-") {
		return args, nil
	}
	engine, err := dial(args[last])
	if err != nil {
		return nil, err
	}
	p.engine = engine
	return append(append([]string{}, args[:last]...), address), nil
}

func dial(address string) (*grpc.ClientConn, error) {
	return grpc.NewClient(
		address,
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(maxMessage), grpc.MaxCallSendMsgSize(maxMessage)),
	)
}

// toBridge hands a call of the engine to the bridge, translated.
func (p *plugin) toBridge(ctx context.Context, path string, request, response proto.Message) error {
	switch path {
	case pulumirpc.ResourceProvider_GetPluginInfo_FullMethodName:
		proto.Merge(response, &pulumirpc.PluginInfo{Version: officialVersion})
		return nil
	case pulumirpc.ResourceProvider_Parameterize_FullMethodName:
		return status.Error(codes.Unimplemented, "the docker plugin takes no parameters")
	case pulumirpc.ResourceProvider_Handshake_FullMethodName:
		// The bridge would say the same, but the engine gives up after 10 s, which a slow machine may need to start it.
		return status.Error(codes.Unimplemented, "the docker plugin needs no handshake")
	}
	conn, err := p.bridge.connection(ctx)
	if err != nil {
		return err
	}
	urn := ""
	if about, ok := request.(interface{ GetUrn() string }); ok {
		urn = about.GetUrn()
	}
	token, err := p.names.request(request)
	if err != nil {
		return err
	}
	p.logs.begin(urn)
	err = conn.Invoke(ctx, path, request, response)
	for _, entry := range p.logs.end(urn, err) {
		_ = p.log(ctx, entry)
	}
	if removal := leftover(request, err); removal != nil {
		if failure := removeLeftover(ctx, conn, removal); failure != nil {
			_ = p.log(ctx, &pulumirpc.LogRequest{Severity: pulumirpc.LogSeverity_WARNING, Urn: urn, Message: fmt.Sprintf(
				"the container %s, which could not be started, could not be removed either: %v", removal.Id, failure)})
		}
	}
	if err != nil {
		return p.names.failure(token, err)
	}
	return p.names.response(token, response)
}

// toEngine hands a call of the bridge to the engine. Only its log entries name resources.
func (p *plugin) toEngine(ctx context.Context, path string, request, response proto.Message) error {
	if p.engine == nil {
		return status.Error(codes.Unimplemented, "this plugin was started without an engine")
	}
	if entry, ok := request.(*pulumirpc.LogRequest); ok {
		entry.Urn = renaming(p.names.Resources).inverse().urn(entry.Urn)
		if p.logs.hold(entry) {
			return nil
		}
	}
	return p.engine.Invoke(ctx, path, request, response)
}

func (p *plugin) log(ctx context.Context, entry *pulumirpc.LogRequest) error {
	if p.engine == nil {
		return nil
	}
	_, err := pulumirpc.NewEngineClient(p.engine).Log(context.WithoutCancel(ctx), entry)
	return err
}
