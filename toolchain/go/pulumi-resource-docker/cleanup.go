package main

import (
	"context"
	"strings"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"
)

const containerToken = "docker:index/container:Container"

// stateVersion is the version of the container's state in the Terraform provider: without it the provider would
// take the state for that of its first release.
const stateVersion = `{"schema_version":"2"}`

// The Terraform provider says these only when it had already created the container itself, so that the container of
// that name is ours to remove.
var failedAfterCreation = []string{
	"Unable to disconnect the default network",
	"Unable to connect to network",
	"Unable to upload volume content",
	"Unable to start container",
}

// leftover answers the request that removes what a failed Create left, or nil. The bridge forgets a container that
// was created but did not start, and its name would then refuse every retry.
func leftover(request proto.Message, outcome error) *pulumirpc.DeleteRequest {
	create, ok := request.(*pulumirpc.CreateRequest)
	if !ok || create.Preview || typeOf(create.Urn) != containerToken || outcome == nil {
		return nil
	}
	name := create.Properties.GetFields()["name"].GetStringValue()
	for _, reason := range failedAfterCreation {
		if name != "" && strings.Contains(outcome.Error(), reason) {
			state := proto.Clone(create.Properties).(*structpb.Struct)
			state.Fields["__meta"] = structpb.NewStringValue(stateVersion)
			// Docker takes the name wherever it takes the id.
			state.Fields["containerId"] = structpb.NewStringValue(name)
			return &pulumirpc.DeleteRequest{Id: name, Urn: create.Urn, Name: create.Name, Type: create.Type, Properties: state}
		}
	}
	return nil
}

// removeLeftover removes what a failed Create left, even if the engine has cancelled the operation meanwhile.
func removeLeftover(ctx context.Context, conn *grpc.ClientConn, request *pulumirpc.DeleteRequest) error {
	_, err := pulumirpc.NewResourceProviderClient(conn).Delete(context.WithoutCancel(ctx), request)
	return err
}
