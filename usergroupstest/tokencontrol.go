package usergroupstest

// IssueToken returns a new access token without any OAuth, for programs with
// a static token. Without scopes it has those of [WithScopes]. It lives as long
// as any access token, but came from no refresh token: limits and revocations
// pass it by.
func (s *Server) IssueToken(scopes ...string) string {
	if len(scopes) == 0 {
		scopes = s.cfg.scopes
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.tokens.addAccess(nil, scopes, s.now(), s.cfg.tokenLifetime).value
}

// ExpireTokens ends every access token alive: the API answers them with 401
// INVALID_TOKEN from now on. Refresh tokens still work; the client of this
// module replaces a refused token at most once a minute. [Server.Advance] lets
// tokens expire of old age.
func (s *Server) ExpireTokens() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tokens.access = nil
}

// RevokeRefreshToken ends [Server.RefreshToken] and the access tokens that came
// from it. A refresh with it is answered {"error":"invalid_code"} from now on.
// Other refresh tokens stay; POST /oauth/v2/token/revoke ends any.
func (s *Server) RevokeRefreshToken() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tokens.revoke(s.tokens.seeded)
}

// RejectTokens makes the API answer every access token, also a fresh one,
// with 401 INVALID_TOKEN for as long as it is on.
func (s *Server) RejectTokens(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tokens.rejectAll = on
}

// TokensIssued returns how many access tokens the token endpoint has issued,
// for refresh tokens and for codes. Those of [Server.IssueToken] are not counted.
func (s *Server) TokensIssued() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.tokens.issued
}
