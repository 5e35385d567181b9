// Package stdlib has no symbols: nothing is interpreted.
package stdlib

import "reflect"

// Symbols are none.
var Symbols map[string]map[string]reflect.Value
