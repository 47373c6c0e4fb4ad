package main

import (
	"context"
	"fmt"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
)

// handler answers one call: it fills the response. The path is the method's, as gRPC names it.
type handler func(ctx context.Context, path string, request, response proto.Message) error

// forwarded describes a whole gRPC service whose unary methods all go through one handler; a method that a later
// version of the service adds is thus forwarded too. Streams are left out: of the services here only the engine's
// List has one, which the bridge does not implement.
func forwarded(name string, handle handler) (*grpc.ServiceDesc, error) {
	descriptor, err := protoregistry.GlobalFiles.FindDescriptorByName(protoreflect.FullName(name))
	if err != nil {
		return nil, err
	}
	service := &grpc.ServiceDesc{ServiceName: name}
	methods := descriptor.(protoreflect.ServiceDescriptor).Methods()
	for index := range methods.Len() {
		method := methods.Get(index)
		if method.IsStreamingServer() || method.IsStreamingClient() {
			continue
		}
		forward, err := forward(method, handle)
		if err != nil {
			return nil, err
		}
		service.Methods = append(service.Methods, grpc.MethodDesc{MethodName: string(method.Name()), Handler: forward})
	}
	return service, nil
}

func forward(method protoreflect.MethodDescriptor, handle handler) (grpc.MethodHandler, error) {
	input, err := protoregistry.GlobalTypes.FindMessageByName(method.Input().FullName())
	if err != nil {
		return nil, err
	}
	output, err := protoregistry.GlobalTypes.FindMessageByName(method.Output().FullName())
	if err != nil {
		return nil, err
	}
	path := fmt.Sprintf("/%s/%s", method.Parent().FullName(), method.Name())
	return func(_ any, ctx context.Context, decode func(any) error, _ grpc.UnaryServerInterceptor) (any, error) {
		request, response := input.New().Interface(), output.New().Interface()
		if err := decode(request); err != nil {
			return nil, err
		}
		return response, handle(ctx, path, request, response)
	}, nil
}
