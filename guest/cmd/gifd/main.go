// Command gifd serves the generator over HTTP, natively. It prints the address that it listens on.
package main

import (
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"time"

	"wasmtrim/guest/handler"
)

func main() {
	address := flag.String("listen", "127.0.0.1:0", "`address` to listen on; port 0 is any free one")
	flag.Parse()
	listener, err := net.Listen("tcp", *address)
	if err == nil {
		fmt.Printf("http://%s/\n", listener.Addr())
		server := http.Server{Handler: handler.New(), ReadHeaderTimeout: 10 * time.Second}
		err = server.Serve(listener)
	}
	fmt.Fprintln(os.Stderr, "gifd:", err)
	os.Exit(1)
}
