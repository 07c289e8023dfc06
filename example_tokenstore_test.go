package usergroups_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log"
	"os"
	"path/filepath"
	"sync"

	"github.com/usergroups-go/usergroups"
	"github.com/usergroups-go/usergroups/usergroupstest"
)

// directory keeps each token in a file, for the clients of one program: its lock
// is not seen by others.
type directory struct {
	path string
	lock sync.Mutex // one for all keys; a waiting caller cannot leave
}

func (d *directory) Load(_ context.Context, key string) (usergroups.Token, error) {
	var token usergroups.Token
	kept, err := os.ReadFile(filepath.Join(d.path, key))
	if errors.Is(err, fs.ErrNotExist) {
		return token, nil
	}
	if err != nil {
		return token, err
	}
	err = token.UnmarshalBinary(kept)
	return token, err
}

func (d *directory) Update(ctx context.Context, key string, fn func(context.Context, usergroups.Token) (usergroups.Token, error)) (usergroups.Token, error) {
	d.lock.Lock()
	defer d.lock.Unlock()
	old, err := d.Load(ctx, key)
	if err != nil {
		return usergroups.Token{}, err
	}
	token, err := fn(ctx, old)
	if err != nil || token.Equal(old) {
		return token, err
	}
	kept, err := token.MarshalBinary()
	if err != nil {
		return usergroups.Token{}, err
	}
	return token, os.WriteFile(filepath.Join(d.path, key), kept, 0o600)
}

func ExampleWithTokenStore() {
	fake := usergroupstest.NewServer()
	defer fake.Close()
	path, err := os.MkdirTemp("", "tokens")
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = os.RemoveAll(path) }()

	// Two runs of a program: the second one finds the token of the first.
	for range 2 {
		client, err := usergroups.NewClient(
			usergroups.WithBaseURL(fake.URL),
			usergroups.WithAccountsURL(fake.URL),
			usergroups.WithRefreshToken(usergroups.RefreshToken{
				ClientID: fake.ClientID, ClientSecret: fake.ClientSecret, RefreshToken: fake.RefreshToken,
			}),
			usergroups.WithTokenStore(&directory{path: path}),
		)
		if err != nil {
			log.Fatal(err)
		}
		if _, err := client.UserGroups.List(context.Background(), usergroups.ListUserGroupsOptions{}); err != nil {
			log.Fatal(err)
		}
		client.CloseIdleConnections()
	}
	fmt.Println("access tokens asked for:", fake.Refreshes())
	// Output: access tokens asked for: 1
}
