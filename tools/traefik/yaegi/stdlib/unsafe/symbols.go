// Package unsafe has no symbols: nothing is interpreted.
package unsafe

import "reflect"

// Symbols are none.
var Symbols map[string]map[string]reflect.Value
