package tuliptest_test

import (
	"fmt"
	"time"

	"github.com/usergroups-go/usergroups/tulip/tuliptest"
)

func ExampleSampleInstance() {
	for _, group := range tuliptest.SampleInstance().Groups {
		fmt.Printf("%s: %d members\n", group.Name, len(group.Members))
	}
	// Output:
	// All hands: 12 members
	// Machine maintenance team: 3 members
	// O'Brien's line: 4 members
	// Quality & R&D: 2 members
	// Night shift: 4 members
	// Apprentices: 0 members
	// Line 4 (closed): 3 members
}

func ExampleWithInstance() {
	fake := tuliptest.NewServer(tuliptest.WithInstance(tuliptest.Instance{
		Users:  []tuliptest.User{{ID: "ada", Name: "Ada"}, {ID: "ben", Name: "Ben", BadgeID: "B1"}},
		Groups: []tuliptest.UserGroup{{ID: "welders", Name: "Welders", Members: []string{"ben"}}},
	}))
	defer fake.Close()

	fmt.Println(read(fake, "/users"))
	fmt.Println(read(fake, "/user-groups/welders/users"))
	// Output:
	// 200 {"items":[{"id":"ada","name":{"full":"Ada"}},{"id":"ben","name":{"full":"Ben"},"badgeId":"B1"}],"count":2}
	// 200 {"items":[{"userId":"ben"}],"count":1}
}

func ExampleServer_AddUser() {
	fake := tuliptest.NewServer()
	defer fake.Close()

	id := fake.AddUser(tuliptest.User{Name: "Olga Petrova", BadgeID: "OP015"})
	fmt.Println(read(fake, "/users/"+id))
	// Output: 200 {"id":"invented000000001","name":{"full":"Olga Petrova"},"badgeId":"OP015"}
}

func ExampleServer_AddUserGroup() {
	fake := tuliptest.NewServer()
	defer fake.Close()

	id := fake.AddUserGroup(tuliptest.UserGroup{
		Name:    "Welders",
		Created: tuliptest.Action{At: time.Date(2024, 7, 1, 6, 0, 0, 0, time.UTC), By: tuliptest.Actor{Type: "automation"}},
	})
	fmt.Println(read(fake, "/user-groups/"+id))
	// Output: 200 {"id":"invented000000001","name":"Welders","assignedUsersCount":0,"created":{"at":"2024-07-01T06:00:00Z","by":{"type":"automation"}}}
}

func ExampleServer_AddRole() {
	fake := tuliptest.NewServer()
	defer fake.Close()

	fake.AddRole(tuliptest.Role{ID: "welder", Name: "Welder", Custom: true})
	fmt.Println(read(fake, "/roles?filter=isCustom%20eq%20true&search=weld"))
	// Output: 200 {"items":[{"id":"welder","name":"Welder","isCustom":true}],"count":1}
}

func ExampleServer_User() {
	fake := tuliptest.NewServer()
	defer fake.Close()

	user, _ := fake.User("jonasWeber0000010")
	user.BadgeID = "JW110" // a new badge, and all else as it was
	fake.AddUser(user)
	fmt.Println(read(fake, "/users?search=JW1&limit=0"))
	// Output: 200 {"items":[],"count":1}
}

func ExampleServer_UserGroup() {
	fake := tuliptest.NewServer()
	defer fake.Close()

	group, ok := fake.UserGroup("machineTeam000002")
	fmt.Println(group.Members, ok)
	// Output: [brunoKeller000002 graceMwangi000007 hiroTanaka0000008] true
}

// Somebody joins while a program reads page after page.
func ExampleServer_AddMember() {
	fake := tuliptest.NewServer()
	defer fake.Close()
	const group = "qualityRAndD00004"

	fmt.Println(read(fake, "/user-groups/"+group+"/users"))
	fake.AddMember(group, "hiroTanaka0000008")
	fmt.Println(read(fake, "/user-groups/"+group+"/users?offset=2"))
	// Output:
	// 200 {"items":[{"userId":"amaraOkafor000001"},{"userId":"chloeMartin000003"}],"count":2}
	// 200 {"items":[{"userId":"hiroTanaka0000008"}],"count":3,"prevPage":"/api/users/v1/user-groups/qualityRAndD00004/users?limit=10&offset=0"}
}

func ExampleServer_RemoveMember() {
	fake := tuliptest.NewServer()
	defer fake.Close()

	fake.RemoveMember("machineTeam000002", "graceMwangi000007") // at last
	fmt.Println(read(fake, "/user-groups/machineTeam000002/users"))
	// Output: 200 {"items":[{"userId":"brunoKeller000002"},{"userId":"hiroTanaka0000008"}],"count":2}
}

func ExampleServer_ArchiveUser() {
	fake := tuliptest.NewServer()
	defer fake.Close()

	fake.ArchiveUser("hiroTanaka0000008")
	fmt.Println(read(fake, "/users?search=hiro"))
	fmt.Println(read(fake, "/users/hiroTanaka0000008/user-groups")) // is a member as before
	// Output:
	// 200 {"items":[],"count":0}
	// 200 {"items":[{"userGroupId":"allHands000000001"},{"userGroupId":"machineTeam000002"}],"count":2}
}

func ExampleServer_RestoreUser() {
	fake := tuliptest.NewServer()
	defer fake.Close()

	fake.RestoreUser("graceMwangi000007")
	fmt.Println(read(fake, "/users?search=grace&limit=0"))
	// Output: 200 {"items":[],"count":1}
}

func ExampleServer_ArchiveUserGroup() {
	fake := tuliptest.NewServer()
	defer fake.Close()

	fake.ArchiveUserGroup("apprentices000006")
	fmt.Println(read(fake, "/user-groups?limit=0"))
	fmt.Println(read(fake, "/user-groups?limit=0&archived=true"))
	// Output:
	// 200 {"items":[],"count":5}
	// 200 {"items":[],"count":2}
}

func ExampleServer_RestoreUserGroup() {
	fake := tuliptest.NewServer()
	defer fake.Close()

	fake.RestoreUserGroup("lineFour000000007")
	fmt.Println(read(fake, "/user-groups?limit=0"))
	// Output: 200 {"items":[],"count":7}
}

func ExampleServer_RemoveUser() {
	fake := tuliptest.NewServer()
	defer fake.Close()

	fake.RemoveUser("chloeMartin000003")
	fmt.Println(read(fake, "/users/chloeMartin000003"))
	fmt.Println(read(fake, "/user-groups/qualityRAndD00004/users"))
	// Output:
	// 404 {"errorCode":"generic.notFound","message":"There is no user with this id.","retryable":false}
	// 200 {"items":[{"userId":"amaraOkafor000001"}],"count":1}
}

func ExampleServer_RemoveUserGroup() {
	fake := tuliptest.NewServer()
	defer fake.Close()

	fake.RemoveUserGroup("nightShift0000005")
	fmt.Println(read(fake, "/user-groups/nightShift0000005/users"))
	// Output: 404 {"errorCode":"generic.notFound","message":"There is no user group with this id.","retryable":false}
}
