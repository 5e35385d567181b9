// Package syscall has no symbols: nothing is interpreted.
package syscall

import "reflect"

// Symbols are none.
var Symbols map[string]map[string]reflect.Value
