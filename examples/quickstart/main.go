// Quickstart prints who is in which user group of a Zoho CRM organisation.
//
// With ZOHO_CLIENT_ID, ZOHO_CLIENT_SECRET and ZOHO_REFRESH_TOKEN it reads the
// real organisation and changes nothing. Without any ZOHO_ variable it starts a
// fake one, and shows there what creating and deleting a group looks like.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"text/tabwriter"

	"github.com/usergroups-go/usergroups"
	"github.com/usergroups-go/usergroups/usergroupstest"
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
		client, err := usergroups.NewClientFromEnv()
		if err != nil {
			return err
		}
		fmt.Fprintln(out, "The organisation of ZOHO_REFRESH_TOKEN. Nothing is changed.")
		return report(ctx, client, out)
	}

	fmt.Fprintln(out, "A fake organisation on this machine: no ZOHO_ variables are set.")
	fake := usergroupstest.NewServer()
	defer fake.Close()
	client, err := usergroups.NewClient(
		usergroups.WithBaseURL(fake.URL),
		usergroups.WithAccountsURL(fake.URL),
		usergroups.WithRefreshToken(usergroups.RefreshToken{
			ClientID: fake.ClientID, ClientSecret: fake.ClientSecret, RefreshToken: fake.RefreshToken,
		}),
	)
	if err != nil {
		return err
	}
	if err := report(ctx, client, out); err != nil {
		return err
	}
	return change(ctx, client, out)
}

// configured reports whether the environment says anything about Zoho. Half of
// the credentials count too: NewClientFromEnv then says what is missing.
func configured() bool {
	for _, variable := range os.Environ() {
		if strings.HasPrefix(variable, "ZOHO_") {
			return true
		}
	}
	return false
}

// README: begin

// report prints all groups with the number of their members, the groups of one
// user, and a count with a filter.
func report(ctx context.Context, client *usergroups.Client, out io.Writer) error {
	members := make(map[string]int)
	for count, err := range client.UserGroups.AllAssociatedUsersCounts(ctx, usergroups.ListAssociatedUsersCountsOptions{}) {
		if err != nil {
			return err
		}
		members[count.UserGroup.ID] = count.Count
	}

	groups, err := usergroups.Collect(client.UserGroups.All(ctx, usergroups.ListUserGroupsOptions{}))
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "\nGROUP\tMEMBERS\tCREATED\tDESCRIPTION")
	for _, group := range groups {
		fmt.Fprintf(table, "%s\t%d\t%s\t%s\n", group.Name, members[group.ID], group.CreatedTime.Format("2006-01-02"), group.Description)
	}
	if err := table.Flush(); err != nil || len(groups) == 0 {
		return err
	}

	first := groups[0]
	if user := first.CreatedBy; user != nil && user.ID != "" {
		fmt.Fprintf(out, "\n%s is in:\n", user.Name)
		for group, err := range client.Users.AllAssociatedGroups(ctx, user.ID, usergroups.ListAssociatedGroupsOptions{}) {
			if err != nil {
				return err
			}
			fmt.Fprintln(out, " ", group.Name)
		}
	}

	named, err := client.UserGroups.ListAssociatedUsersCounts(ctx, usergroups.ListAssociatedUsersCountsOptions{
		Filters: usergroups.Equal("name", first.Name),
	})
	if err != nil {
		return err
	}
	for _, count := range named.Items {
		fmt.Fprintf(out, "\nMembers of %q: %d\n", count.UserGroup.Name, count.Count)
	}
	return nil
}

// README: end

// change creates a group, tries its name a second time, and deletes it.
func change(ctx context.Context, client *usergroups.Client, out io.Writer) error {
	page, err := client.UserGroups.List(ctx, usergroups.ListUserGroupsOptions{PerPage: 1})
	if err != nil {
		return err
	}
	night := usergroups.CreateUserGroup{
		Name:    "Night Shift",
		Sources: []usergroups.Source{usergroups.GroupSource(page.Items[0].ID)},
	}
	created, err := client.UserGroups.Create(ctx, night)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "\nCreated %q as %s.\n", night.Name, created.ID)

	_, err = client.UserGroups.Create(ctx, night)
	if !errors.Is(err, usergroups.ErrDuplicate) {
		return fmt.Errorf("a second group of the same name: want ErrDuplicate, got %w", err)
	}
	fmt.Fprintln(out, "Created it again:", err)

	deleted, err := client.UserGroups.Delete(ctx, created.ID)
	if err != nil {
		return err
	}
	if deleted.Scheduled() {
		fmt.Fprintf(out, "Its deletion is scheduled as job %s.\n", deleted.JobID)
	} else {
		fmt.Fprintln(out, "Deleted it.")
	}
	return nil
}
