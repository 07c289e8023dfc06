package usergroups

import "strings"

// DataCenter is where Zoho keeps an organisation. A client id, a token and the
// organisation's data belong to one of them and are unknown to the others.
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
// one environment only.
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

// accountsURL returns where dc's tokens come from.
func accountsURL(dc DataCenter) (string, error) {
	for _, row := range dataCenters {
		if strings.EqualFold(string(row.name), string(dc)) {
			return "https://" + row.accounts, nil
		}
	}
	return "", invalid("unknown data centre %q", dc)
}

// apiURL returns what stands before /crm/{version}.
func apiURL(dc DataCenter, env Environment) (string, error) {
	for _, e := range environments {
		if !strings.EqualFold(string(e.name), string(env)) {
			continue
		}
		for _, row := range dataCenters {
			if strings.EqualFold(string(row.name), string(dc)) {
				return "https://" + e.label + "." + row.domain, nil
			}
		}
		return "", invalid("unknown data centre %q", dc)
	}
	return "", invalid("unknown environment %q", env)
}

// dataCenterOf returns the data centre that a production API host belongs to,
// "" for none of the table.
func dataCenterOf(host string) DataCenter {
	for _, row := range dataCenters {
		if strings.EqualFold("www."+row.domain, host) {
			return row.name
		}
	}
	return ""
}
