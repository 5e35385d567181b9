// Package v3 has the fields of a document that are named, none of which is ever set.
package v3

import (
	"go.yaml.in/yaml/v4"

	"github.com/pb33f/libopenapi/datamodel/high/base"
	"github.com/pb33f/libopenapi/orderedmap"
)

// Document is empty.
type Document struct {
	Info       *base.Info
	Components *Components
	Paths      *Paths
}

// Components of a document.
type Components struct {
	Schemas *orderedmap.Map[string, *base.SchemaProxy]
}

// Paths of a document.
type Paths struct {
	PathItems *orderedmap.Map[string, *PathItem]
}

// PathItem has an operation for each method.
type PathItem struct{ Get, Post, Put, Delete, Patch, Head *Operation }

// Operation is a method on a path.
type Operation struct {
	OperationId          string
	Summary, Description string
	Tags                 []string
	Parameters           []*Parameter
	RequestBody          *RequestBody
	Responses            *Responses
	Extensions           *orderedmap.Map[string, *yaml.Node]
	Deprecated           *bool
}

// Parameter of an operation.
type Parameter struct {
	Name, In, Description string
	Required              *bool
	Schema                *base.SchemaProxy
}

// RequestBody of an operation.
type RequestBody struct {
	Content *orderedmap.Map[string, *MediaType]
}

// Responses of an operation.
type Responses struct {
	Codes   *orderedmap.Map[string, *Response]
	Default *Response
}

// Response of an operation.
type Response struct {
	Description string
	Content     *orderedmap.Map[string, *MediaType]
}

// MediaType of a body.
type MediaType struct{ Schema *base.SchemaProxy }
