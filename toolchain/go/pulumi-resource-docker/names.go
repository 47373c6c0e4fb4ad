package main

import (
	_ "embed"
	"encoding/json"
	"strings"

	"google.golang.org/protobuf/types/known/structpb"
)

// providerToken is the type of the provider resource itself, whose inputs are the configuration.
const providerToken = "pulumi:providers:docker"

//go:embed names.json
var namesFile []byte

// nameTable maps every name of the official SDK to the bridge's name for it, where the two differ. The names of
// properties differ at the top level of a resource only; names.json lists them by the official token.
type nameTable struct {
	Resources   map[string]string            `json:"resources"`
	Functions   map[string]string            `json:"functions"`
	Properties  map[string]map[string]string `json:"properties"`
	Unsupported map[string]string            `json:"unsupported"`
}

func readNames() (*nameTable, error) {
	var table nameTable
	return &table, json.Unmarshal(namesFile, &table)
}

// renaming maps names in one direction; a name that it does not know stays.
type renaming map[string]string

func (r renaming) name(name string) string {
	if other, ok := r[name]; ok {
		return other
	}
	return name
}

func (r renaming) inverse() renaming {
	inverted := make(renaming, len(r))
	for from, to := range r {
		inverted[to] = from
	}
	return inverted
}

// path renames the property that a path such as `networksAdvanced[0].name` begins with.
func (r renaming) path(path string) string {
	end := strings.IndexAny(path, ".[")
	if end < 0 {
		end = len(path)
	}
	return r.name(path[:end]) + path[end:]
}

// properties renames the keys of a property bag and, in it, the list of the properties that were defaulted.
func (r renaming) properties(bag *structpb.Struct) {
	if bag == nil || len(r) == 0 {
		return
	}
	renamed := make(map[string]*structpb.Value, len(bag.Fields))
	for key, value := range bag.Fields {
		renamed[r.name(key)] = value
	}
	bag.Fields = renamed
	for _, defaulted := range bag.Fields["__defaults"].GetListValue().GetValues() {
		if name, ok := defaulted.Kind.(*structpb.Value_StringValue); ok {
			name.StringValue = r.name(name.StringValue)
		}
	}
}

// urn renames the type of the resource that a URN names. The types of its parents, before the last `$`, stay: they
// serve identity alone, for the bridge as well as for the engine.
func (r renaming) urn(urn string) string {
	parts := strings.SplitN(urn, "::", 4)
	if len(parts) != 4 {
		return urn
	}
	start := strings.LastIndex(parts[2], "$") + 1
	parts[2] = parts[2][:start] + r.name(parts[2][start:])
	return strings.Join(parts, "::")
}

// identify makes sure that a state holds the id under the bridge's name for it: the Terraform provider takes a state
// without one for a resource that does not exist. States written by the official plugin may lack it. A state without
// any property is left empty, because it asks for an import.
func (r renaming) identify(state *structpb.Struct, id string) {
	if key := r.name("id"); len(state.GetFields()) > 0 && id != "" && state.Fields[key] == nil {
		state.Fields[key] = structpb.NewStringValue(id)
	}
}

// typeOf answers the type of the resource that a URN names.
func typeOf(urn string) string {
	parts := strings.SplitN(urn, "::", 4)
	if len(parts) != 4 {
		return ""
	}
	return parts[2][strings.LastIndex(parts[2], "$")+1:]
}
