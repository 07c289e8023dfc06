// Quickstart-tulip prints who is in which user group of a Tulip instance, and who has a
// role in all of its workspaces. It reads and changes nothing: the API cannot write.
//
// With TULIP_URL, TULIP_API_KEY and TULIP_API_SECRET it reads a real instance. Without any
// TULIP_ variable it starts a fake one.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"

	"github.com/usergroups-go/usergroups/tulip"
	"github.com/usergroups-go/usergroups/tulip/tuliptest"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer) error {
	if configured() {
		client, err := tulip.NewClientFromEnv()
		if err != nil {
			return err
		}
		fmt.Fprintln(out, "The instance at TULIP_URL. Nothing is changed.")
		return report(ctx, client, out)
	}

	fmt.Fprintln(out, "A fake instance on this machine: no TULIP_ variables are set.")
	fake := tuliptest.NewServer()
	defer fake.Close()
	client, err := tulip.NewClient(fake.URL, tulip.WithAPIToken(fake.APIKey, fake.APISecret))
	if err != nil {
		return err
	}
	return report(ctx, client, out)
}

// configured reports whether the environment says anything about Tulip. Half of the
// credentials count too: NewClientFromEnv then says what is missing.
func configured() bool {
	for _, variable := range os.Environ() {
		if strings.HasPrefix(variable, "TULIP_") {
			return true
		}
	}
	return false
}

// report prints the members of every group, archived or not, and the roles of users.
func report(ctx context.Context, client *tulip.Client, out io.Writer) error {
	for _, archived := range []bool{false, true} {
		for group, err := range client.UserGroups.All(ctx, tulip.ListUserGroupsOptions{Archived: archived}) {
			if err != nil {
				return err
			}
			fmt.Fprintf(out, "\n%s%s\n", group.Name, mark(group.Archived))
			if err := members(ctx, client, out, group.ID); err != nil {
				return err
			}
		}
	}

	fmt.Fprintln(out, "\nRoles in all workspaces:")
	for user, err := range client.Users.All(ctx, tulip.ListUsersOptions{}) {
		if err != nil {
			return err
		}
		roles, err := user.Roles()
		if err != nil {
			return err
		}
		if roles.Global != "" {
			fmt.Fprintf(out, "  %s: %s\n", user.Name.Full, roles.Global)
		}
	}
	return nil
}

// README: begin

// members prints who is in a group. A part of them is no success: who was left out
// by the server may be in the group all the same.
func members(ctx context.Context, client *tulip.Client, out io.Writer, groupID string) error {
	for user, err := range client.UserGroups.MembersOf(ctx, groupID) {
		var partial *tulip.PartialError
		switch {
		case errors.As(err, &partial):
			fmt.Fprintln(out, "  not all:", partial)
			return err
		case err != nil:
			return err
		default:
			fmt.Fprintf(out, "  %s%s\n", user.Name.Full, mark(user.Archived))
		}
	}
	return nil
}

// mark says so of what is archived.
func mark(archived *tulip.Stamp) string {
	if archived == nil {
		return ""
	}
	return " (archived)"
}

// README: end
