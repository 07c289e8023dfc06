package tuliptest_test

import (
	"testing"

	"github.com/usergroups-go/usergroups/tulip/tuliptest"
)

// The codes that the vendor documents differ from list to list.
func TestWrongParams(t *testing.T) {
	t.Parallel()
	const invalid = "generic.invalidParams"
	lists := []struct{ path, limit, bounds, offset, filter, archived string }{
		{
			users, "generic.limitParamNonNegativeInt", "generic.limitParamBounds",
			"generic.offsetParamNonNegativeInt", "users.invalidFilter", invalid,
		},
		{
			groups, "generic.limitParamNonNegativeInt", "generic.limitParamBounds",
			"generic.offsetParamNonNegativeInt", "userGroups.invalidFilter", invalid,
		},
		{roles, invalid, invalid, invalid, invalid, invalid},
		{users + "/" + amara + "/user-groups", invalid, invalid, invalid, "userGroups.invalidFilter", ""},
		{groups + "/" + machines + "/users", invalid, invalid, invalid, "users.invalidFilter", ""},
	}
	srv := newServer(t)
	for _, list := range lists {
		for query, code := range map[string]string{
			"limit=-1": list.limit, "limit=": list.limit, "limit=ten": list.limit, "limit=1.0": list.limit, "limit=%2B1": list.limit,
			"limit=101": list.bounds, "limit=2147483648": list.bounds, "limit=99999999999999999999": list.bounds,
			"offset=-1": list.offset, "offset=": list.offset, "offset=1e1": list.offset,
			"filter=x": list.filter, "filter=": list.filter, "limit=1&filter=%27": list.filter,
			"archived=yes": list.archived, "archived=": list.archived, "archived=True": list.archived,
			"limit=1&limit=2": invalid, "filter=%zz": invalid, "search=a;b": invalid,
		} {
			res := get(t, srv, list.path+"?"+query)
			if code == "" {
				res.page(t) // there is no such parameter
				continue
			}
			res.wantError(t, 400, code)
		}
		for _, query := range []string{"limit=0", "limit=100", "limit=007", "offset=0", "offset=2147483647", "offset=99999999999999999999&limit=100"} {
			get(t, srv, list.path+"?"+query).page(t)
		}
	}

	srv = guessing(t, tuliptest.Guesses{UsersParamsUnnamed: true, MaxLimit: 5})
	for query, code := range map[string]string{"limit=-1": invalid, "limit=6": invalid, "offset=-1": invalid, "filter=x": "users.invalidFilter"} {
		get(t, srv, users+"?"+query).wantError(t, 400, code)
	}
	get(t, srv, groups+"?limit=6").wantError(t, 400, "generic.limitParamBounds")
}

func TestUnknownParams(t *testing.T) {
	t.Parallel()
	lenient, strict := newServer(t), guessing(t, tuliptest.Guesses{RefuseUnknownParams: true})
	for _, path := range []string{
		users + "?$filter=x", users + "?sort=id", users + "/" + amara + "?limit=1", groups + "?page=1", groups + "/" + machines + "?archived=true",
		groups + "/" + machines + "/users?search=x", users + "/" + amara + "/user-groups?archived=true", roles + "?x", roles + "/owner?filter=x",
	} {
		if res := get(t, lenient, path); res.status != 200 {
			t.Errorf("%s: %d %s", path, res.status, res.body)
		}
		get(t, strict, path).wantError(t, 400, "generic.invalidParams")
	}
	for _, path := range []string{
		users + "?limit=1&offset=1&search=x&archived=true&filter=id%20eq%20%27x%27",
		groups + "?limit=1&offset=1&search=x&archived=true&filter=id%20eq%20%27x%27",
		roles + "?limit=1&offset=1&search=x&archived=true&filter=isCustom%20eq%20true",
		groups + "/" + machines + "/users?limit=1&offset=1&filter=userId%20eq%20%27x%27",
		users + "/" + amara + "/user-groups?limit=1&offset=1&filter=userGroupId%20eq%20%27x%27",
		users + "/" + amara, groups + "/" + machines, roles + "/owner",
	} {
		if res := get(t, strict, path); res.status != 200 {
			t.Errorf("%s: %d %s", path, res.status, res.body)
		}
	}
}
