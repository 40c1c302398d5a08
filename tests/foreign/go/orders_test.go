// Package foreign runs the Go clients that people use against a registry at DOVETAIL_URL.
package foreign

import (
	"crypto/rand"
	"os"
	"path/filepath"
	"testing"
)

// registry is the address of a registry that runs.
func registry(t *testing.T) string {
	t.Helper()
	url := os.Getenv("DOVETAIL_URL")
	if url == "" {
		t.Fatal("DOVETAIL_URL names no registry")
	}
	return url
}

// example is the text of a schema of the order domain.
func example(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("../../../examples/orders", path))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// newTopic is a topic that nobody used before.
func newTopic() string {
	return "orders-" + rand.Text()
}

func must[T any](t *testing.T) func(T, error) T {
	t.Helper()
	return func(value T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

func equal[T comparable](t *testing.T, got, wanted T) {
	t.Helper()
	if got != wanted {
		t.Fatalf("got %v, wanted %v", got, wanted)
	}
}

type parcel struct {
	OrderID string `json:"order_id"`
}

const (
	parcelV1     = `{"type":"record","name":"Parcel","fields":[{"name":"order_id","type":"string"}]}`
	parcelV2     = `{"type":"record","name":"Parcel","fields":[{"name":"order_id","type":"string"},{"name":"weight","type":"int","default":1}]}`
	parcelBroken = `{"type":"record","name":"Parcel","fields":[{"name":"order_id","type":"string"},{"name":"weight","type":"int"}]}`
)
