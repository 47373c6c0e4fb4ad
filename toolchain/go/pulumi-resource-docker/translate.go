package main

import (
	"strings"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/protoadapt"
	"google.golang.org/protobuf/types/known/structpb"
)

// request renames what the engine sends, in place, into the bridge's words. The answer is the official token that
// the request is about, which the response is translated by.
func (t *nameTable) request(message proto.Message) (string, error) {
	token := t.tokenOf(message)
	if reason, ok := t.Unsupported[token]; ok {
		return token, status.Error(codes.FailedPrecondition, reason)
	}
	resources, properties := renaming(t.Resources), renaming(t.Properties[token])
	switch m := message.(type) {
	case *pulumirpc.InvokeRequest:
		m.Tok = renaming(t.Functions).name(m.Tok)
	case *pulumirpc.CallRequest:
		m.Tok = renaming(t.Functions).name(m.Tok)
	case *pulumirpc.ConfigureRequest:
		variables := make(map[string]string, len(m.Variables))
		for key, value := range m.Variables {
			colon := strings.LastIndex(key, ":") + 1
			variables[key[:colon]+properties.name(key[colon:])] = value
		}
		m.Variables = variables
		properties.properties(m.Args)
	case *pulumirpc.CheckRequest:
		m.Urn, m.Type = resources.urn(m.Urn), resources.name(m.Type)
		each(properties, m.Olds, m.News)
	case *pulumirpc.DiffRequest:
		m.Urn, m.Type = resources.urn(m.Urn), resources.name(m.Type)
		each(properties, m.Olds, m.News, m.OldInputs)
		properties.identify(m.Olds, m.Id)
		paths(properties, m.IgnoreChanges)
	case *pulumirpc.CreateRequest:
		m.Urn, m.Type = resources.urn(m.Urn), resources.name(m.Type)
		each(properties, m.Properties)
	case *pulumirpc.ReadRequest:
		m.Urn, m.Type = resources.urn(m.Urn), resources.name(m.Type)
		each(properties, m.Properties, m.Inputs)
		properties.identify(m.Properties, m.Id)
	case *pulumirpc.UpdateRequest:
		m.Urn, m.Type = resources.urn(m.Urn), resources.name(m.Type)
		each(properties, m.Olds, m.News, m.OldInputs)
		properties.identify(m.Olds, m.Id)
		paths(properties, m.IgnoreChanges)
	case *pulumirpc.DeleteRequest:
		m.Urn, m.Type = resources.urn(m.Urn), resources.name(m.Type)
		each(properties, m.Properties, m.OldInputs)
		properties.identify(m.Properties, m.Id)
	}
	return token, nil
}

// tokenOf answers the official token of the resource or function that a request is about.
func (t *nameTable) tokenOf(message proto.Message) string {
	switch m := message.(type) {
	case *pulumirpc.ConfigureRequest:
		return providerToken
	case *pulumirpc.InvokeRequest:
		return m.Tok
	case *pulumirpc.CallRequest:
		return m.Tok
	case interface{ GetUrn() string }:
		return typeOf(m.GetUrn())
	}
	return ""
}

// response renames what the bridge answers about a token, in place, into the official words.
func (t *nameTable) response(token string, message proto.Message) error {
	properties := renaming(t.Properties[token]).inverse()
	switch m := message.(type) {
	case *pulumirpc.GetSchemaResponse:
		schema, err := t.schema(m.Schema)
		m.Schema = schema
		return err
	case *pulumirpc.CheckResponse:
		each(properties, m.Inputs)
		for _, failure := range m.Failures {
			failure.Property = properties.path(failure.Property)
		}
	case *pulumirpc.DiffResponse:
		paths(properties, m.Replaces)
		paths(properties, m.Stables)
		paths(properties, m.Diffs)
		detailed := make(map[string]*pulumirpc.PropertyDiff, len(m.DetailedDiff))
		for path, diff := range m.DetailedDiff {
			detailed[properties.path(path)] = diff
		}
		m.DetailedDiff = detailed
	case *pulumirpc.CreateResponse:
		each(properties, m.Properties)
	case *pulumirpc.ReadResponse:
		each(properties, m.Properties, m.Inputs)
	case *pulumirpc.UpdateResponse:
		each(properties, m.Properties)
	}
	return nil
}

// failure renames the state that an error carries when a resource exists but is not healthy.
func (t *nameTable) failure(token string, err error) error {
	failed, ok := status.FromError(err)
	if !ok {
		return err
	}
	properties := renaming(t.Properties[token]).inverse()
	details := make([]protoadapt.MessageV1, 0, len(failed.Details()))
	for _, detail := range failed.Details() {
		if state, ok := detail.(*pulumirpc.ErrorResourceInitFailed); ok {
			each(properties, state.Properties, state.Inputs)
		}
		if message, ok := detail.(protoadapt.MessageV1); ok {
			details = append(details, message)
		}
	}
	// The bridge writes "<summary>: <detail>", also where there is no detail.
	plain := status.New(failed.Code(), strings.TrimRight(failed.Message(), ": \n"))
	renamed, err := plain.WithDetails(details...)
	if err != nil {
		return plain.Err()
	}
	return renamed.Err()
}

func each(properties renaming, bags ...*structpb.Struct) {
	for _, bag := range bags {
		properties.properties(bag)
	}
}

func paths(properties renaming, list []string) {
	for index, path := range list {
		list[index] = properties.path(path)
	}
}
