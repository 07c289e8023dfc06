package usergroups

import (
	"context"
	"encoding/json"
)

// AssociationType is what kind of thing uses a group. The API may have others.
type AssociationType string

// The kinds that the vendor's samples show.
const (
	AssociationDataSharing       AssociationType = "data_sharing"
	AssociationWorkflowRules     AssociationType = "workflow_rules"
	AssociationAssignmentRules   AssociationType = "assignment_rules"
	AssociationApprovalProcess   AssociationType = "approval_process"
	AssociationReviewProcess     AssociationType = "review_process"
	AssociationEmailNotification AssociationType = "email_notification" // or, in another sample, email_notifications
	AssociationCalendarBookings  AssociationType = "calendar_bookings"
)

// Association is one place where a group is used: a rule, a process, a share.
type Association struct {
	Type     AssociationType `json:"type"`
	Resource ResourceRef     `json:"resource"`
	// Details says more about some types; nil for the others.
	Details *AssociationDetails `json:"details"`
}

// ResourceRef names what uses a group.
type ResourceRef struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// AssociationDetails is the module that an association is about.
type AssociationDetails struct {
	Module *ModuleRef `json:"module"`
}

// ModuleRef names a module.
type ModuleRef struct {
	ID      string `json:"id"`
	APIName string `json:"api_name"` // "Leads"
}

// UnmarshalJSON takes the details from the key "details", as the documents have it,
// or from "detail", as the vendor's SDKs do.
func (a *Association) UnmarshalJSON(b []byte) error {
	type plain Association // without this method
	var both struct {
		plain
		Detail *AssociationDetails `json:"detail"`
	}
	if err := json.Unmarshal(b, &both); err != nil {
		return err
	}
	*a = Association(both.plain)
	if a.Details == nil {
		a.Details = both.Detail
	}
	return nil
}

// Associations returns where a group is used: what would change with it. The result
// is empty when it is used nowhere. It comes in one piece; a reference speaks of up to
// 200 associations and nothing of pages.
//
// It fails with ErrNotFound when there is no such group (ErrBadRequest, if the server
// does not say that it is the path which is wrong), ErrInvalidArgument for an
// empty id, "." and "..", ErrForbidden without the permission to see groups.
//
// Scope: ZohoCRM.settings.user_groups.READ.
//
// https://www.zoho.com/crm/developer/docs/api/v8/user-groups-associations.html
func (s *UserGroupsService) Associations(ctx context.Context, groupID string, opts ...CallOption) ([]Association, error) {
	r := newRequest(OpUserGroupsAssociations, []string{groupID}, nil, nil)
	out, err := do[associationsAnswer](ctx, (*service)(s), r, opts)
	if err != nil {
		return nil, err
	}
	return out.Associations, nil
}
