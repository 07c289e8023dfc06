package tulip

import "time"

// Stamp says when something was done to an object, and by whom. What the API leaves
// out is nil.
type Stamp struct {
	At *time.Time `json:"at"`
	By *Actor     `json:"by"`
}

// Actor is who did something.
type Actor struct {
	Type ActorType `json:"type"`
	ID   string    `json:"id"`
}

// ActorType is what kind of actor it was. The API may have others.
type ActorType string

// The kinds of actors.
const (
	ActorUser                ActorType = "user"
	ActorClient              ActorType = "client"
	ActorAPIToken            ActorType = "api-token"
	ActorAppExchangeAPIToken ActorType = "app-exchange-api-token"
	ActorCelosXAPIToken      ActorType = "celosx-api-token"
	ActorAutomation          ActorType = "automation"
	ActorInstanceInit        ActorType = "instance-init"
)
