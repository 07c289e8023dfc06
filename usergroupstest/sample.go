package usergroupstest

import "time"

// SampleOrg returns the organisation that a [Server] starts with when no
// other is given: twelve people, six roles, three territories and six groups
// of every kind of source. Each call returns a new copy.
//
//	id                role
//	5550000000002001  CEO
//	5550000000002002  ├ VP Sales
//	5550000000002003  │ └ Sales Manager
//	5550000000002004  │   └ Sales Rep
//	5550000000002005  └ Head of Engineering
//	5550000000002006    └ Engineer
//
//	id                territory
//	5550000000003001  EMEA
//	5550000000003002  ├ DACH
//	5550000000003003  └ Nordics
//
//	id                user             role                 territories
//	5550000000001001  Amara Okafor     CEO                                 administrator
//	5550000000001002  Lukas Brandt     VP Sales             EMEA
//	5550000000001003  Ingrid Solberg   Sales Manager        Nordics
//	5550000000001004  Matteo Ricci     Sales Manager        EMEA
//	5550000000001005  Hanna Vogel      Sales Rep            DACH
//	5550000000001006  Jonas Keller     Sales Rep            DACH           inactive
//	5550000000001007  Sofia Lindqvist  Sales Rep            Nordics
//	5550000000001008  Wei Zhang        Sales Rep            DACH, Nordics
//	5550000000001009  Priya Raman      Head of Engineering                 administrator
//	5550000000001010  Tomasz Nowak     Engineer
//	5550000000001011  Chloe Martin     Engineer                            not confirmed
//	5550000000001012  Diego Alvarez    Engineer                            deleted
//
//	id                group          made of                                   people
//	5550000000004001  Leadership     three users                                    3
//	5550000000004002  Sales          VP Sales and the roles below                   7
//	5550000000004003  R&D            Head of Engineering and the role below         4
//	5550000000004004  DACH Partners  the territory DACH; no description             3
//	5550000000004005  EMEA Field     EMEA and what is inside; Sales Managers        7
//	5550000000004006  All Hands      the groups Sales and R&D, and one user        12
//
//	id                what uses a group  type              group   module
//	5550000000006001  Lead sharing       data_sharing      Sales   Leads
//	5550000000006002  Inbound leads      assignment_rules  Sales   Leads
//	5550000000006003  Release notes      workflow_rules    R&D
//
// The users were created on 8 January 2024. Jonas Keller was modified on 31 May of
// that year and Diego Alvarez on 14 June, the others never.
func SampleOrg() Org {
	const (
		amara, lukas, ingrid, matteo = "5550000000001001", "5550000000001002", "5550000000001003", "5550000000001004"
		hanna, jonas, sofia, wei     = "5550000000001005", "5550000000001006", "5550000000001007", "5550000000001008"
		priya, tomasz, chloe, diego  = "5550000000001009", "5550000000001010", "5550000000001011", "5550000000001012"

		ceo, vpSales, manager, rep = "5550000000002001", "5550000000002002", "5550000000002003", "5550000000002004"
		headOfEng, engineer        = "5550000000002005", "5550000000002006"

		emea, dach, nordics = "5550000000003001", "5550000000003002", "5550000000003003"

		sales, rAndD = "5550000000004002", "5550000000004003"

		leads = "5550000000007001"
	)
	at := func(month time.Month, day, hour, minute int) time.Time {
		return time.Date(2024, month, day, hour, minute, 12, 0, orgZone)
	}
	monday := at(time.January, 8, 9, 0)

	return Org{
		Users: []User{
			{ID: amara, Name: "Amara Okafor", Email: "amara.okafor@example.com", Admin: true, RoleID: ceo, CreatedTime: monday},
			{ID: lukas, Name: "Lukas Brandt", Email: "lukas.brandt@example.com", RoleID: vpSales, TerritoryIDs: []string{emea}, CreatedTime: monday},
			{ID: ingrid, Name: "Ingrid Solberg", Email: "ingrid.solberg@example.com", RoleID: manager, TerritoryIDs: []string{nordics}, CreatedTime: monday},
			{ID: matteo, Name: "Matteo Ricci", Email: "matteo.ricci@example.com", RoleID: manager, TerritoryIDs: []string{emea}, CreatedTime: monday},
			{ID: hanna, Name: "Hanna Vogel", Email: "hanna.vogel@example.com", RoleID: rep, TerritoryIDs: []string{dach}, CreatedTime: monday},
			{ID: jonas, Name: "Jonas Keller", Email: "jonas.keller@example.com", Status: "inactive", RoleID: rep, TerritoryIDs: []string{dach}, CreatedTime: monday, ModifiedTime: at(time.May, 31, 18, 0)},
			{ID: sofia, Name: "Sofia Lindqvist", Email: "sofia.lindqvist@example.com", RoleID: rep, TerritoryIDs: []string{nordics}, CreatedTime: monday},
			{ID: wei, Name: "Wei Zhang", Email: "wei.zhang@example.com", RoleID: rep, TerritoryIDs: []string{dach, nordics}, CreatedTime: monday},
			{ID: priya, Name: "Priya Raman", Email: "priya.raman@example.com", Admin: true, RoleID: headOfEng, CreatedTime: monday},
			{ID: tomasz, Name: "Tomasz Nowak", Email: "tomasz.nowak@example.com", RoleID: engineer, CreatedTime: monday},
			{ID: chloe, Name: "Chloe Martin", Email: "chloe.martin@example.com", Unconfirmed: true, RoleID: engineer, CreatedTime: monday},
			{ID: diego, Name: "Diego Alvarez", Email: "diego.alvarez@example.com", Status: "deleted", RoleID: engineer, CreatedTime: monday, ModifiedTime: at(time.June, 14, 17, 30)},
		},
		Roles: []Role{
			{ID: ceo, Name: "CEO"},
			{ID: vpSales, Name: "VP Sales", ReportsTo: ceo},
			{ID: manager, Name: "Sales Manager", ReportsTo: vpSales},
			{ID: rep, Name: "Sales Rep", ReportsTo: manager},
			{ID: headOfEng, Name: "Head of Engineering", ReportsTo: ceo},
			{ID: engineer, Name: "Engineer", ReportsTo: headOfEng},
		},
		Territories: []Territory{
			{ID: emea, Name: "EMEA"},
			{ID: dach, Name: "DACH", Parent: emea},
			{ID: nordics, Name: "Nordics", Parent: emea},
		},
		Groups: []Group{
			{
				ID: "5550000000004001", Name: "Leadership", Description: "Decides what the others do",
				CreatedTime: at(time.January, 15, 9, 30), CreatedBy: amara,
				Sources: []Source{
					{Type: sourceUsers, ID: amara},
					{Type: sourceUsers, ID: lukas},
					{Type: sourceUsers, ID: priya},
				},
			},
			{
				ID: sales, Name: "Sales", Description: "Everybody who sells",
				CreatedTime: at(time.January, 15, 9, 41), CreatedBy: amara,
				ModifiedTime: at(time.May, 2, 16, 5), ModifiedBy: lukas,
				Sources: []Source{{Type: sourceRoles, ID: vpSales, Subordinates: new(true)}},
				Associations: []Association{
					{Type: "data_sharing", ResourceID: "5550000000006001", ResourceName: "Lead sharing", ModuleID: leads, ModuleName: "Leads"},
					{Type: "assignment_rules", ResourceID: "5550000000006002", ResourceName: "Inbound leads", ModuleID: leads, ModuleName: "Leads"},
				},
			},
			{
				ID: rAndD, Name: "R&D", Description: "Research and development",
				CreatedTime: at(time.January, 16, 11, 2), CreatedBy: amara,
				Sources: []Source{{Type: sourceRoles, ID: headOfEng, Subordinates: new(true)}},
				Associations: []Association{
					{Type: "workflow_rules", ResourceID: "5550000000006003", ResourceName: "Release notes"},
				},
			},
			{
				ID: "5550000000004004", Name: "DACH Partners",
				CreatedTime: at(time.March, 4, 14, 20), CreatedBy: lukas,
				Sources: []Source{{Type: sourceTerritories, ID: dach}},
			},
			{
				ID: "5550000000004005", Name: "EMEA Field", Description: "On the road in EMEA",
				CreatedTime: at(time.March, 4, 14, 26), CreatedBy: lukas,
				ModifiedTime: at(time.June, 20, 8, 15), ModifiedBy: amara,
				Sources: []Source{
					{Type: sourceTerritories, ID: emea, SubTerritories: new(true)},
					{Type: sourceRoles, ID: manager, Subordinates: new(false)},
				},
			},
			{
				ID: "5550000000004006", Name: "All Hands", Description: "The monthly meeting",
				CreatedTime: at(time.April, 8, 10, 0), CreatedBy: amara,
				Sources: []Source{
					{Type: sourceGroups, ID: sales},
					{Type: sourceGroups, ID: rAndD},
					{Type: sourceUsers, ID: amara},
				},
			},
		},
	}
}
