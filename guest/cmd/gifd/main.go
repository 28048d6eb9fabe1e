// Command gifd serves the generator over HTTP, natively. It prints the address that it listens on.
package main

import (
	"flag"
	"fmt"
	"net"
	"net/http"
	"net/http/pprof"
	"os"
	"time"

	"wasmtrim/guest/handler"
)

func main() {
	address := flag.String("listen", "127.0.0.1:0", "`address` to listen on; port 0 is any free one")
	profiled := flag.Bool("pprof", false, "answer below /debug/pprof/ with profiles of this process")
	flag.Parse()
	listener, err := net.Listen("tcp", *address)
	if err == nil {
		fmt.Printf("http://%s/\n", listener.Addr())
		server := http.Server{Handler: handler.New(), ReadHeaderTimeout: 10 * time.Second}
		if *profiled {
			server.Handler = withProfiles(server.Handler)
		}
		err = server.Serve(listener)
	}
	fmt.Fprintln(os.Stderr, "gifd:", err)
	os.Exit(1)
}

func withProfiles(rest http.Handler) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/", rest)
	mux.HandleFunc("/debug/pprof/", pprof.Index)
	mux.HandleFunc("/debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("/debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("/debug/pprof/trace", pprof.Trace)
	return mux
}
