package tuliptest

import "time"

// SampleInstance returns the instance that a [Server] starts with when no other
// is given: a small factory with fourteen people, seven groups and six roles. Each
// call returns a new copy.
//
//	id                 user             e-mail      badge  role
//	amaraOkafor000001  Amara Okafor     verified           owner, everywhere
//	brunoKeller000002  Bruno Keller     verified    BK002  workspace-owner
//	chloeMartin000003  Chloe Martin     verified    CM003  Line lead
//	diegoAlvarez00004  Diego Alvarez                DA004  operator
//	elifDemir00000005  Elif Demir       unverified  ED005  operator
//	finnOBrien0000006  Finn O'Brien     verified    FO006  Line lead, and viewer of the workspace LAB
//	graceMwangi000007  Grace Mwangi     verified    GM007  operator; deactivated
//	hiroTanaka0000008  Hiro Tanaka      unverified         viewer; invited
//	ingridSolberg0009  Ingrid Solberg   verified    IS009  operator
//	jonasWeber0000010  Jonas Weber                  JW010  operator
//	kavyaNair00000011  Kavya Nair                   KN011  operator
//	luciaRossi0000012  Lucia Rossi                  LR012  operator
//	marekNowak0000013  Marek Nowak                  MN013  operator
//	noraLind000000014  Nora Lind        verified    NL014  Temporary; deactivated
//
//	id                 group              members
//	allHands000000001  All hands          all but Grace and Nora         12
//	machineTeam000002  Machine maintenance team  Bruno, Grace, Hiro       3
//	oBriensLine000003  O'Brien's line     Finn, Diego, Elif, Ingrid       4
//	qualityRAndD00004  Quality & R&D      Amara, Chloe                    2
//	nightShift0000005  Night shift        Jonas, Kavya, Lucia, Marek      4
//	apprentices000006  Apprentices        nobody
//	lineFour000000007  Line 4 (closed)    Diego, Grace, Nora; archived    3
//
//	id                 role               custom
//	owner              Account owner
//	workspace-owner    Workspace owner
//	viewer             Viewer
//	operator           Operator
//	lineLead000000001  Line lead          yes
//	temporary00000002  Temporary          yes; archived
//
// A page of the default size does not reach the end of the active users, nor of
// All hands. Grace Mwangi was deactivated on 31 May 2024, but nobody has taken
// her out of the maintenance team.
func SampleInstance() Instance {
	const (
		amara, bruno, chloe, diego = "amaraOkafor000001", "brunoKeller000002", "chloeMartin000003", "diegoAlvarez00004"
		elif, finn, grace, hiro    = "elifDemir00000005", "finnOBrien0000006", "graceMwangi000007", "hiroTanaka0000008"
		ingrid, jonas, kavya       = "ingridSolberg0009", "jonasWeber0000010", "kavyaNair00000011"
		lucia, marek, nora         = "luciaRossi0000012", "marekNowak0000013", "noraLind000000014"

		lineLead, temporary = "lineLead000000001", "temporary00000002"
	)
	by := func(id string, month time.Month, day, hour int) Action {
		return Action{At: time.Date(2024, month, day, hour, 12, 8, 0, time.UTC), By: Actor{Type: "user", ID: id}}
	}
	opening := Action{At: time.Date(2024, time.January, 8, 7, 0, 0, 0, time.UTC), By: Actor{Type: "instance-init", ID: "init0000000000001"}}
	in := func(role string) []WorkspaceRole { return []WorkspaceRole{{WorkspaceID: "DEFAULT", RoleID: role}} }
	badged := func(id, name, badge string) User {
		return User{ID: id, Name: name, BadgeID: badge, Created: by(bruno, time.February, 5, 6), WorkspaceRoles: in("operator")}
	}

	return Instance{
		Users: []User{
			{
				ID: amara, Name: "Amara Okafor", Email: "amara.okafor@example.com", EmailVerified: true, Language: "en",
				AvatarURL: "https://avatars.example.com/amara.png", Phone: "+49 30 5550101", PhoneVerified: true,
				GlobalRoleID: "owner", Created: opening, LastModified: by(amara, time.March, 4, 9),
			},
			{
				ID: bruno, Name: "Bruno Keller", Email: "bruno.keller@example.com", EmailVerified: true, Language: "de", BadgeID: "BK002",
				Invited: by(amara, time.January, 9, 8), Created: by(amara, time.January, 9, 8), WorkspaceRoles: in("workspace-owner"),
			},
			{
				ID: chloe, Name: "Chloe Martin", Email: "chloe.martin@example.com", EmailVerified: true, Language: "fr", BadgeID: "CM003",
				Created: by(amara, time.January, 9, 9), WorkspaceRoles: in(lineLead),
			},
			badged(diego, "Diego Alvarez", "DA004"),
			{
				ID: elif, Name: "Elif Demir", Email: "elif.demir@example.com", Language: "tr", BadgeID: "ED005",
				Created: by(bruno, time.February, 5, 6), WorkspaceRoles: in("operator"),
			},
			{
				ID: finn, Name: "Finn O'Brien", Email: "finn.obrien@example.com", EmailVerified: true, Language: "en-GB", BadgeID: "FO006",
				Created: by(bruno, time.February, 5, 7), LastModified: by(amara, time.April, 15, 13),
				WorkspaceRoles: append(in(lineLead), WorkspaceRole{WorkspaceID: "LAB", RoleID: "viewer"}),
			},
			{
				ID: grace, Name: "Grace Mwangi", Email: "grace.mwangi@example.com", EmailVerified: true, BadgeID: "GM007",
				Created: by(bruno, time.February, 5, 7), Archived: by(amara, time.May, 31, 16), WorkspaceRoles: in("operator"),
			},
			{
				ID: hiro, Name: "Hiro Tanaka", Email: "hiro.tanaka@example.com", Language: "ja",
				Invited: by(bruno, time.June, 3, 10), WorkspaceRoles: in("viewer"),
			},
			{
				ID: ingrid, Name: "Ingrid Solberg", Email: "ingrid.solberg@example.com", EmailVerified: true, Language: "nb", BadgeID: "IS009",
				Created: by(bruno, time.February, 6, 6), WorkspaceRoles: in("operator"),
			},
			badged(jonas, "Jonas Weber", "JW010"),
			badged(kavya, "Kavya Nair", "KN011"),
			badged(lucia, "Lucia Rossi", "LR012"),
			badged(marek, "Marek Nowak", "MN013"),
			{
				ID: nora, Name: "Nora Lind", Email: "nora.lind@example.com", EmailVerified: true, Language: "sv", BadgeID: "NL014",
				Created: by(bruno, time.February, 12, 6), Archived: by(bruno, time.April, 30, 15), WorkspaceRoles: in(temporary),
			},
		},
		Groups: []UserGroup{
			{
				ID: "allHands000000001", Name: "All hands", Description: "The monthly meeting",
				Created: by(amara, time.January, 15, 9),
				Members: []string{amara, bruno, chloe, diego, elif, finn, hiro, ingrid, jonas, kavya, lucia, marek},
			},
			{
				ID: "machineTeam000002", Name: "Machine maintenance team",
				Description: "People responsible for the machines in the factory", Avatar: "avatars/machine-team",
				Created: by(amara, time.January, 15, 9), LastModified: by(bruno, time.June, 3, 10),
				Members: []string{bruno, grace, hiro},
			},
			{
				ID: "oBriensLine000003", Name: "O'Brien's line", Description: "Line 3, of Finn O'Brien",
				Created: by(bruno, time.February, 5, 8), LastModified: by(finn, time.May, 6, 7),
				Members: []string{finn, diego, elif, ingrid},
			},
			{
				ID: "qualityRAndD00004", Name: "Quality & R&D", Description: `Who may say "stop"`,
				Created: by(amara, time.February, 19, 11), Members: []string{amara, chloe},
			},
			{ID: "nightShift0000005", Name: "Night shift", Members: []string{jonas, kavya, lucia, marek}},
			{ID: "apprentices000006", Name: "Apprentices", Description: "From September on", Created: by(chloe, time.June, 17, 14)},
			{
				ID: "lineFour000000007", Name: "Line 4 (closed)",
				Created: by(bruno, time.February, 5, 8), Archived: by(amara, time.June, 28, 17),
				Members: []string{diego, grace, nora},
			},
		},
		Roles: []Role{
			{ID: "owner", Name: "Account owner", Description: "Everything, in all workspaces"},
			{ID: "workspace-owner", Name: "Workspace owner", Description: "Everything in one workspace"},
			{ID: "viewer", Name: "Viewer", Description: "Looks, and changes nothing"},
			{ID: "operator", Name: "Operator", Description: "Runs apps"},
			{
				ID: lineLead, Name: "Line lead", Description: "Runs apps and sees how the line does", Custom: true,
				Created: by(amara, time.January, 10, 10), LastModified: by(amara, time.April, 2, 12),
			},
			{ID: temporary, Name: "Temporary", Custom: true, Created: by(amara, time.January, 10, 11), Archived: by(amara, time.May, 1, 8)},
		},
	}
}
