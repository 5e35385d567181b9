// Package types has what traefik's ECS provider reads of an instance.
package types

// InstanceStateName is one of EC2's words.
type InstanceStateName string

// InstanceStateNameRunning is the one that is looked for.
const InstanceStateNameRunning InstanceStateName = "running"

// InstanceState holds the word.
type InstanceState struct{ Name InstanceStateName }

// Instance is never made.
type Instance struct {
	InstanceId       *string
	PrivateIpAddress *string
	State            *InstanceState
}

// Reservation holds instances.
type Reservation struct{ Instances []Instance }
