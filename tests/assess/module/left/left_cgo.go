package left

import "C" // want: cgo import "C"
