package settings

import (
	"os"
	"strings"

	"github.com/usergroups-go/usergroups/internal/transport"
)

// Environment returns the values of variables, of which none may be missing or empty. The
// error names all that are.
func Environment(names ...string) ([]string, error) {
	values := make([]string, len(names))
	var missing []string
	for i, name := range names {
		if values[i] = os.Getenv(name); values[i] == "" {
			missing = append(missing, name)
		}
	}
	if len(missing) > 0 {
		return nil, transport.Invalid("not set in the environment: %s", strings.Join(missing, ", "))
	}
	return values, nil
}
