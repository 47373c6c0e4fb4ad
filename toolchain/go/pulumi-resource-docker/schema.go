package main

import "encoding/json"

// schema renames the bridge's package schema, so that tools which read it see the official package.
func (t *nameTable) schema(text string) (string, error) {
	var schema map[string]any
	if err := json.Unmarshal([]byte(text), &schema); err != nil {
		return text, err
	}
	schema["version"] = officialVersion
	// It tells tools to ask for the bridge by its own name and a path of this machine.
	delete(schema, "parameterization")
	rekey(child(schema, "resources"), renaming(t.Resources).inverse())
	rekey(child(schema, "functions"), renaming(t.Functions).inverse())
	for token, names := range t.Properties {
		properties := renaming(names).inverse()
		resource := child(child(schema, "resources"), token)
		if token == providerToken {
			resource = child(schema, "provider")
			rekey(child(child(schema, "config"), "variables"), properties)
		}
		for _, key := range []string{"properties", "inputProperties"} {
			rekey(child(resource, key), properties)
			// Every resource has an id; a package's schema must not declare one.
			delete(child(resource, key), "id")
		}
		for _, key := range []string{"required", "requiredInputs"} {
			list, _ := resource[key].([]any)
			for index, name := range list {
				if name, ok := name.(string); ok {
					list[index] = properties.name(name)
				}
			}
		}
	}
	renamed, err := json.Marshal(schema)
	return string(renamed), err
}

// child answers the object under a key, or an empty one.
func child(object map[string]any, key string) map[string]any {
	value, _ := object[key].(map[string]any)
	return value
}

func rekey(object map[string]any, names renaming) {
	for from, to := range names {
		if value, ok := object[from]; ok {
			delete(object, from)
			object[to] = value
		}
	}
}
