// Package base has the fields of a schema that are named, none of which is ever set.
package base

import (
	"errors"

	"go.yaml.in/yaml/v4"

	"github.com/pb33f/libopenapi/orderedmap"
)

// Info of a document.
type Info struct{ Version string }

// SchemaProxy leads to no schema.
type SchemaProxy struct{}

// Schema is nil.
func (*SchemaProxy) Schema() *Schema {
	return nil
}

// Discriminator of a union.
type Discriminator struct {
	PropertyName string
	Mapping      *orderedmap.Map[string, string]
}

// DynamicValue is one of two.
type DynamicValue[A, B any] struct {
	A A
	B B
}

// IsA is false.
func (*DynamicValue[A, B]) IsA() bool {
	return false
}

// Low is what a schema was read from.
type Low struct{}

// Hash is 0.
func (*Low) Hash() uint64 {
	return 0
}

// Schema of a value.
type Schema struct {
	Type                         []string
	Format, Pattern              string
	Description                  string
	Required                     []string
	Enum                         []*yaml.Node
	Default                      *yaml.Node
	AllOf, OneOf, AnyOf          []*SchemaProxy
	Properties                   *orderedmap.Map[string, *SchemaProxy]
	Discriminator                *Discriminator
	Items                        *DynamicValue[*SchemaProxy, bool]
	AdditionalProperties         *DynamicValue[*SchemaProxy, bool]
	Extensions                   *orderedmap.Map[string, *yaml.Node]
	Nullable, ReadOnly           *bool
	MinLength, MaxLength         *int64
	Minimum, Maximum, MultipleOf *float64
}

// GoLow is nil.
func (*Schema) GoLow() *Low {
	return nil
}

// MarshalJSONInline writes nothing.
func (*Schema) MarshalJSONInline() ([]byte, error) {
	return nil, errors.New("no schema")
}
