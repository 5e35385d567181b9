// Package libopenapi reads nothing: the command that needs it is left out.
package libopenapi

import (
	"errors"

	v3 "github.com/pb33f/libopenapi/datamodel/high/v3"
)

// Document is never made.
type Document struct{}

// DocumentModel is what a document would be read into.
type DocumentModel struct{ Model v3.Document }

// NewDocument says that the command is left out.
func NewDocument(_ []byte) (*Document, error) {
	return nil, errors.New("the lab's pulumi is built without `pulumi api`; use the vendor's")
}

// BuildV3Model is never called.
func (*Document) BuildV3Model() (*DocumentModel, error) {
	return nil, errors.New("no document")
}
