package usergroups

import "strings"

// DataCenter is where Zoho keeps an organisation. A client id, a token and the
// organisation's data belong to one of them and are unknown to the others. Letter
// case does not matter.
type DataCenter string

// Zoho's data centres. The hosts of UK come from public code only: no official
// SDK lists it.
const (
	DataCenterUS DataCenter = "US"
	DataCenterEU DataCenter = "EU"
	DataCenterIN DataCenter = "IN"
	DataCenterAU DataCenter = "AU"
	DataCenterJP DataCenter = "JP"
	DataCenterCN DataCenter = "CN"
	DataCenterCA DataCenter = "CA"
	DataCenterSA DataCenter = "SA"
	DataCenterUK DataCenter = "UK"
)

// Environment is which copy of an organisation is meant. Tokens are valid in
// one environment only. Letter case does not matter.
type Environment string

// Zoho CRM's environments.
const (
	Production Environment = "production"
	Sandbox    Environment = "sandbox"
	Developer  Environment = "developer"
)

// dataCenters is the table of hosts. All API hosts of a data centre share a
// domain; the accounts host has its own (see CA).
var dataCenters = []struct {
	name     DataCenter
	accounts string
	domain   string
}{
	{DataCenterUS, "accounts.zoho.com", "zohoapis.com"},
	{DataCenterEU, "accounts.zoho.eu", "zohoapis.eu"},
	{DataCenterIN, "accounts.zoho.in", "zohoapis.in"},
	{DataCenterAU, "accounts.zoho.com.au", "zohoapis.com.au"},
	{DataCenterJP, "accounts.zoho.jp", "zohoapis.jp"},
	{DataCenterCN, "accounts.zoho.com.cn", "zohoapis.com.cn"},
	{DataCenterCA, "accounts.zohocloud.ca", "zohoapis.ca"},
	{DataCenterSA, "accounts.zoho.sa", "zohoapis.sa"},
	{DataCenterUK, "accounts.zoho.uk", "zohoapis.uk"},
}

// environments is the table of what stands before the domain.
var environments = []struct {
	name  Environment
	label string
}{
	{Production, "www"},
	{Sandbox, "sandbox"},
	{Developer, "developer"},
}

// hostsOf returns where dc's tokens come from, and what stands before
// /crm/{version} in env.
func hostsOf(dc DataCenter, env Environment) (accounts, api string, err error) {
	label := ""
	for _, e := range environments {
		if strings.EqualFold(string(e.name), string(env)) {
			label = e.label
		}
	}
	if label == "" {
		return "", "", invalid("unknown environment %q: want %s, %s or %s", env, Production, Sandbox, Developer)
	}
	var names []string
	for _, row := range dataCenters {
		if strings.EqualFold(string(row.name), string(dc)) {
			return "https://" + row.accounts, "https://" + label + "." + row.domain, nil
		}
		names = append(names, string(row.name))
	}
	return "", "", invalid("unknown data centre %q: want one of %s", dc, strings.Join(names, " "))
}

// ownerOf returns whose API host that is, "" for none of the table.
func ownerOf(host string) (DataCenter, Environment) {
	for _, row := range dataCenters {
		for _, e := range environments {
			if strings.EqualFold(e.label+"."+row.domain, host) {
				return row.name, e.name
			}
		}
	}
	return "", ""
}
