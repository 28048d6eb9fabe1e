package left

import "os/exec"

var _ = exec.Command
