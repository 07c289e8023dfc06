package tuliptest_test

import "testing"

const (
	activeUsers = "amaraOkafor,brunoKeller,chloeMartin,diegoAlvarez,elifDemir,finnOBrien,hiroTanaka,ingridSolberg,jonasWeber,kavyaNair,luciaRossi,marekNowak"
	openGroups  = "allHands,machineTeam,oBriensLine,qualityRAndD,nightShift,apprentices"
)

// What each list has, by each of its parameters.
func TestLists(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	for _, tc := range []struct{ path, ids string }{
		{users + "?limit=100", activeUsers},
		{users + "?limit=100&archived=false", activeUsers},
		{users + "?archived=true", "graceMwangi,noraLind"},
		{users + "?search=O%27Brien", "finnOBrien"},
		{users + "?search=brien", "finnOBrien"},
		{users + "?search=HIRO.tanaka%40", "hiroTanaka"},
		{users + "?search=kn011", "kavyaNair"},
		{users + "?search=nobody", ""},
		{users + "?search=&limit=2", "amaraOkafor,brunoKeller"},
		{users + "?search=a&archived=true", "graceMwangi,noraLind"},
		{users + "?search=example.com&limit=3&offset=2", "chloeMartin,elifDemir,finnOBrien"},

		{groups, openGroups},
		{groups + "?archived=true", "lineFour"},
		{groups + "?search=%26", "qualityRAndD"},
		{groups + "?search=line", "oBriensLine"}, // the other one is archived
		{groups + "?search=line&archived=true", "lineFour"},
		{groups + "?search=monthly", ""}, // which is in a description

		{roles, "owner,workspace-owner,viewer,operator,lineLead"},
		{roles + "?archived=true", "temporary"},
		{roles + "?search=OWNER", "owner,workspace-owner"},

		{groups + "/" + machines + "/users", "brunoKeller,graceMwangi,hiroTanaka"},
		{groups + "/" + lineFour + "/users", "diegoAlvarez,graceMwangi,noraLind"},
		{groups + "/apprentices000006/users", ""},
		{groups + "/" + allHands + "/users?limit=100", activeUsers},
		{users + "/" + diego + "/user-groups", "allHands,oBriensLine,lineFour"},
		{users + "/" + grace + "/user-groups", "machineTeam,lineFour"},

		// Memberships have neither search nor archived, and nothing has $filter.
		{groups + "/" + machines + "/users?search=x&archived=maybe", "brunoKeller,graceMwangi,hiroTanaka"},
		{groups + "?$filter=id%20eq%20%27x%27", openGroups},
	} {
		if got := get(t, srv, tc.path).ids(t); got != tc.ids {
			t.Errorf("%s\ngot  %s\nwant %s", tc.path, got, tc.ids)
		}
	}
}

// What is sent of a record, to the letter: what is empty is left out.
func TestRecords(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	for path, want := range map[string]string{
		users + "/" + amara: `{"id":"amaraOkafor000001","name":{"full":"Amara Okafor"},"avatarUrl":"https://avatars.example.com/amara.png","language":"en",` +
			`"email":{"address":"amara.okafor@example.com","verified":true},"phone":{"number":"+49 30 5550101","verified":true},` +
			`"created":{"at":"2024-01-08T07:00:00Z","by":{"type":"instance-init","id":"init0000000000001"}},` +
			`"lastModified":{"at":"2024-03-04T09:12:08Z","by":{"type":"user","id":"amaraOkafor000001"}},"globalRoleId":"owner"}`,
		users + "/" + diego: `{"id":"diegoAlvarez00004","name":{"full":"Diego Alvarez"},"badgeId":"DA004",` +
			`"created":{"at":"2024-02-05T06:12:08Z","by":{"type":"user","id":"brunoKeller000002"}},` +
			`"workspaceRoleAssignments":[{"workspaceId":"DEFAULT","userRoleId":"operator"}]}`,
		users + "/" + hiro: `{"id":"hiroTanaka0000008","name":{"full":"Hiro Tanaka"},"language":"ja","email":{"address":"hiro.tanaka@example.com","verified":false},` +
			`"invited":{"at":"2024-06-03T10:12:08Z","by":{"type":"user","id":"brunoKeller000002"}},` +
			`"workspaceRoleAssignments":[{"workspaceId":"DEFAULT","userRoleId":"viewer"}]}`,
		users + "/" + grace: `{"id":"graceMwangi000007","name":{"full":"Grace Mwangi"},"email":{"address":"grace.mwangi@example.com","verified":true},"badgeId":"GM007",` +
			`"created":{"at":"2024-02-05T07:12:08Z","by":{"type":"user","id":"brunoKeller000002"}},` +
			`"archived":{"at":"2024-05-31T16:12:08Z","by":{"type":"user","id":"amaraOkafor000001"}},` +
			`"workspaceRoleAssignments":[{"workspaceId":"DEFAULT","userRoleId":"operator"}]}`,
		groups + "/" + machines: `{"id":"machineTeam000002","name":"Machine maintenance team","description":"People responsible for the machines in the factory",` +
			`"avatar":"avatars/machine-team","assignedUsersCount":3,` +
			`"created":{"at":"2024-01-15T09:12:08Z","by":{"type":"user","id":"amaraOkafor000001"}},` +
			`"lastModified":{"at":"2024-06-03T10:12:08Z","by":{"type":"user","id":"brunoKeller000002"}}}`,
		groups + "/nightShift0000005": `{"id":"nightShift0000005","name":"Night shift","assignedUsersCount":4}`,
		groups + "/" + lineFour: `{"id":"lineFour000000007","name":"Line 4 (closed)","assignedUsersCount":3,` +
			`"created":{"at":"2024-02-05T08:12:08Z","by":{"type":"user","id":"brunoKeller000002"}},` +
			`"archived":{"at":"2024-06-28T17:12:08Z","by":{"type":"user","id":"amaraOkafor000001"}}}`,
		roles + "/operator": `{"id":"operator","name":"Operator","description":"Runs apps","isCustom":false}`,
		roles + "/" + lineLead: `{"id":"lineLead000000001","name":"Line lead","description":"Runs apps and sees how the line does","isCustom":true,` +
			`"created":{"at":"2024-01-10T10:12:08Z","by":{"type":"user","id":"amaraOkafor000001"}},` +
			`"lastModified":{"at":"2024-04-02T12:12:08Z","by":{"type":"user","id":"amaraOkafor000001"}}}`,
	} {
		get(t, srv, path).want(t, 200, want)
	}

	// A page has the very same records, and "&" as it is.
	get(t, srv, groups+"?search=night").want(t, 200, `{"items":[{"id":"nightShift0000005","name":"Night shift","assignedUsersCount":4}],"count":1}`)
	get(t, srv, roles+"?search=operator").want(t, 200, `{"items":[{"id":"operator","name":"Operator","description":"Runs apps","isCustom":false}],"count":1}`)
	get(t, srv, groups+"/"+machines+"/users").want(t, 200,
		`{"items":[{"userId":"brunoKeller000002"},{"userId":"graceMwangi000007"},{"userId":"hiroTanaka0000008"}],"count":3}`)
	get(t, srv, users+"/"+hiro+"/user-groups").want(t, 200,
		`{"items":[{"userGroupId":"allHands000000001"},{"userGroupId":"machineTeam000002"}],"count":2}`)
	get(t, srv, groups+"?search=R%26D&limit=1").want(t, 200,
		`{"items":[{"id":"qualityRAndD00004","name":"Quality & R&D","description":"Who may say \"stop\"","assignedUsersCount":2,`+
			`"created":{"at":"2024-02-19T11:12:08Z","by":{"type":"user","id":"amaraOkafor000001"}}}],"count":1}`)
}

func TestUnknownIDs(t *testing.T) {
	t.Parallel()
	srv := newServer(t)
	for _, path := range []string{
		users + "/" + nobody, users + "/" + machines, users + "/" + nobody + "/user-groups",
		groups + "/" + nobody, groups + "/" + amara, groups + "/" + nobody + "/users",
		roles + "/" + nobody, roles + "/a%2Fb",
	} {
		get(t, srv, path).wantError(t, 404, "generic.notFound")
	}
}
