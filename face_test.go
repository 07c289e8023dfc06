package usergroups_test

import (
	"context"
	"iter"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"golang.org/x/oauth2"

	"github.com/usergroups-go/usergroups"
)

// The public face that programs are written against: what is promised of names
// and signatures. It is held by being compiled; what else is exported may grow.

// Functions.
var (
	_ func(...usergroups.Option) (*usergroups.Client, error)                       = usergroups.NewClient
	_ func(...usergroups.Option) (*usergroups.Client, error)                       = usergroups.NewClientFromEnv
	_ func(...usergroups.Op) []string                                              = usergroups.Scopes
	_ func(oauth2.TokenSource) usergroups.TokenSource                              = usergroups.FromOAuth2
	_ func(iter.Seq2[usergroups.UserGroup, error]) ([]usergroups.UserGroup, error) = usergroups.Collect[usergroups.UserGroup]
	_ func(id string) usergroups.Source                                            = usergroups.UserSource
	_ func(id string) usergroups.Source                                            = usergroups.RoleSource
	_ func(id string) usergroups.Source                                            = usergroups.GroupSource
	_ func(id string) usergroups.Source                                            = usergroups.TerritorySource
	_ func(usergroups.Source) usergroups.Source                                    = usergroups.Source.WithSubordinates
	_ func(...usergroups.Criteria) usergroups.Criteria                             = usergroups.And
	_ func(...usergroups.Criteria) usergroups.Criteria                             = usergroups.Or
	_ func(field string, value any) usergroups.Criteria                            = usergroups.Equal
	_ func(field string, value any) usergroups.Criteria                            = usergroups.StartsWith
	_ func(field string, value any) usergroups.Criteria                            = usergroups.Contains
	_ func(field, comparator string, value any) usergroups.Criteria                = usergroups.Compare
	_ func(json string) usergroups.Criteria                                        = usergroups.RawCriteria
)

// Methods.
var (
	_ interface {
		Do(ctx context.Context, req usergroups.Request, out any, opts ...usergroups.CallOption) error
	} = (*usergroups.Client)(nil)

	_ interface {
		List(context.Context, usergroups.ListUserGroupsOptions, ...usergroups.CallOption) (*usergroups.Page[usergroups.UserGroup], error)
		All(context.Context, usergroups.ListUserGroupsOptions, ...usergroups.CallOption) iter.Seq2[usergroups.UserGroup, error]
		Get(ctx context.Context, groupID string, opts ...usergroups.CallOption) (*usergroups.UserGroup, error)
		Create(context.Context, usergroups.CreateUserGroup, ...usergroups.CallOption) (*usergroups.ActionResult, error)
		Delete(ctx context.Context, groupID string, opts ...usergroups.CallOption) (*usergroups.Deletion, error)
		ListAssociatedUsersCounts(context.Context, usergroups.ListAssociatedUsersCountsOptions, ...usergroups.CallOption) (*usergroups.Page[usergroups.AssociatedUsersCount], error)
		AllAssociatedUsersCounts(context.Context, usergroups.ListAssociatedUsersCountsOptions, ...usergroups.CallOption) iter.Seq2[usergroups.AssociatedUsersCount, error]
	} = (*usergroups.UserGroupsService)(nil)

	_ interface {
		ListAssociatedGroups(ctx context.Context, userID string, o usergroups.ListAssociatedGroupsOptions, opts ...usergroups.CallOption) (*usergroups.Page[usergroups.UserGroup], error)
		AllAssociatedGroups(ctx context.Context, userID string, o usergroups.ListAssociatedGroupsOptions, opts ...usergroups.CallOption) iter.Seq2[usergroups.UserGroup, error]
	} = (*usergroups.UsersService)(nil)
)

// Options and call options.
var (
	_ = []usergroups.Option{
		usergroups.WithRefreshToken(usergroups.RefreshToken{ClientID: "", ClientSecret: "", RefreshToken: ""}),
		usergroups.WithAccessToken(""), usergroups.WithTokenSource(nil), usergroups.WithTokenStore(nil),
		usergroups.WithDataCenter(usergroups.DataCenterEU), usergroups.WithEnvironment(usergroups.Sandbox),
		usergroups.WithBaseURL(""), usergroups.WithAccountsURL(""), usergroups.WithAPIVersion("v8"),
		usergroups.WithHTTPClient((*http.Client)(nil)), usergroups.WithInsecureHTTP(),
		usergroups.WithAttemptTimeout(time.Second), usergroups.WithMaxRetries(3), usergroups.WithRetryWait(time.Second, time.Second),
		usergroups.WithMaxServerWait(time.Second), usergroups.WithMaxConcurrent(5),
		usergroups.WithUserAgent(""), usergroups.WithLogger((*slog.Logger)(nil)), usergroups.WithObserver(func(usergroups.Event) {}),
	}
	_ = []usergroups.CallOption{usergroups.WithResponse((*usergroups.Response)(nil)), usergroups.WithHeader("", ""), usergroups.NoRetry()}
)

// Values.
var (
	_ = usergroups.Client{UserGroups: (*usergroups.UserGroupsService)(nil), Users: (*usergroups.UsersService)(nil)}
	_ = usergroups.Request{Method: "", Path: []string{}, Query: url.Values{}, Body: any(nil), Repeatable: true}
	_ = usergroups.Response{StatusCode: 0, Header: http.Header{}, Attempts: 0, Body: []byte{}}
	_ = usergroups.Token{AccessToken: "", RefreshToken: "", APIDomain: "", Expiry: time.Time{}, RetryNotBefore: time.Time{}}
	_ = usergroups.Page[usergroups.UserGroup]{Items: []usergroups.UserGroup{}, Info: usergroups.PageInfo{}}
	_ = usergroups.UserGroup{
		ID: "", Name: "", Description: "", CreatedTime: time.Time{}, ModifiedTime: (*time.Time)(nil),
		CreatedBy: (*usergroups.UserRef)(nil), ModifiedBy: (*usergroups.UserRef)(nil),
		SourcesCount: (*usergroups.SourcesCount)(nil), Sources: []usergroups.Source{},
	}
	_ = usergroups.AssociatedUsersCount{UserGroup: usergroups.GroupRef{}, Count: 0}
	_ = usergroups.ActionResult{ID: "", Code: "", Message: "", Status: "", Details: usergroups.Details{}}
	_ = usergroups.Deletion{ID: "", JobID: ""}
	_ = usergroups.CreateUserGroup{Name: "", Description: "", Sources: []usergroups.Source{}}
	_ = usergroups.ListUserGroupsOptions{Filters: usergroups.Criteria{}}
	_ = usergroups.ListAssociatedUsersCountsOptions{Filters: usergroups.Criteria{}}
	_ = usergroups.Error{
		Op: usergroups.OpUserGroupsList, Method: "", URL: "", StatusCode: 0, Code: usergroups.CodeInvalidData, Message: "",
		Details: usergroups.Details{}, Attempts: 0, RetryAfter: time.Second, Scopes: []string{}, Body: []byte{},
	}
)

// Interfaces, by what satisfies them.
var (
	_ error                  = (*usergroups.Error)(nil)
	_ slog.LogValuer         = (*usergroups.Error)(nil)
	_ usergroups.TokenSource = (*tenants)(nil)
	_ usergroups.TokenStore  = stuckStore{}
)
