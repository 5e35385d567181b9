// Package orderedmap has maps that stay empty.
package orderedmap

import "iter"

// Map is empty.
type Map[K comparable, V any] struct{}

// New is an empty map.
func New[K comparable, V any]() *Map[K, V] {
	return &Map[K, V]{}
}

// Len is 0.
func Len[K comparable, V any](_ *Map[K, V]) int {
	return 0
}

// Get finds nothing.
func (*Map[K, V]) Get(_ K) (value V, found bool) {
	return value, false
}

// GetOrZero finds nothing.
func (*Map[K, V]) GetOrZero(_ K) (value V) {
	return value
}

// Set does nothing.
func (*Map[K, V]) Set(_ K, _ V) {}

// Delete finds nothing.
func (*Map[K, V]) Delete(_ K) (value V, found bool) {
	return value, false
}

// FromOldest has no element.
func (*Map[K, V]) FromOldest() iter.Seq2[K, V] {
	return func(func(K, V) bool) {}
}

// KeysFromOldest has no element.
func (*Map[K, V]) KeysFromOldest() iter.Seq[K] {
	return func(func(K) bool) {}
}
