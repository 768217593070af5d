// What other people wrote, behind one command for interop.peers.test.ts: the transparency-dev witness, Tessera's fsck and its POSIX log.
package main

import (
	"context"
	"fmt"
	"log"
	"net"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"time"

	fnote "github.com/transparency-dev/formats/note"
	"github.com/transparency-dev/merkle/rfc6962"
	"github.com/transparency-dev/tessera"
	"github.com/transparency-dev/tessera/api"
	"github.com/transparency-dev/tessera/client"
	"github.com/transparency-dev/tessera/fsck"
	"github.com/transparency-dev/tessera/storage/posix"
	"github.com/transparency-dev/witness/persistence/inmemory"
	"github.com/transparency-dev/witness/witness"
	"golang.org/x/mod/sumdb/note"
)

func must[T any](value T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return value
}

func main() {
	ctx, stop := context.WithTimeout(context.Background(), 2*time.Minute)
	defer stop()
	time.AfterFunc(3*time.Minute, func() { log.Fatal("too late") })
	args := os.Args[2:]
	switch os.Args[1] {
	case "witness": // SKEY LOGVKEY...
		signer := must(fnote.NewSignerForCosignatureV1(args[0]))
		logs := map[string]note.Verifier{}
		for _, vkey := range args[1:] {
			verifier := must(fnote.NewVerifier(vkey))
			logs[verifier.Name()] = verifier
		}
		w := must(witness.New(ctx, witness.Opts{
			Persistence: inmemory.New(),
			Signers:     []note.Signer{signer},
			VerifierForLog: func(_ context.Context, origin string) (note.Verifier, bool, error) {
				verifier, known := logs[origin]
				return verifier, known, nil
			},
		}))
		http.HandleFunc("POST /add-checkpoint", witness.NewHTTPHandler(w).AddCheckpoint)
		listener := must(net.Listen("tcp", "127.0.0.1:0"))
		fmt.Println("http://" + listener.Addr().String())
		log.Fatal(http.Serve(listener, nil))
	case "fsck": // URL VKEY
		verifier := must(fnote.NewVerifier(args[1]))
		source := must(client.NewHTTPFetcher(must(url.Parse(args[0])), nil))
		check := fsck.New(verifier.Name(), verifier, source, leaves, fsck.Opts{N: 2})
		if err := check.Check(ctx); err != nil {
			log.Fatal(err)
		}
		fmt.Println("ok")
	case "log": // FOLDER SKEY POLICYFILE ENTRIES
		driver := must(posix.New(ctx, posix.Config{Path: args[0]}))
		options := tessera.NewAppendOptions().
			WithCheckpointSigner(must(note.NewSigner(args[1]))).
			WithBatching(300, 100*time.Millisecond).
			WithCheckpointInterval(200 * time.Millisecond)
		options.WithWitnesses(must(tessera.NewWitnessGroupFromPolicy(must(os.ReadFile(args[2])))), &tessera.WitnessOptions{Timeout: 5 * time.Second})
		appender, shutdown, reader, err := tessera.NewAppender(ctx, driver, options)
		if err != nil {
			log.Fatal(err)
		}
		await := tessera.NewPublicationAwaiter(ctx, reader.ReadCheckpoint, 100*time.Millisecond)
		futures := []tessera.IndexFuture{}
		for i := range must(strconv.Atoi(args[3])) {
			futures = append(futures, appender.Add(ctx, tessera.NewEntry(fmt.Appendf(nil, "entry %d", i))))
		}
		for _, future := range futures {
			if _, _, err := await.Await(ctx, future); err != nil {
				log.Fatal(err)
			}
		}
		if err := shutdown(ctx); err != nil {
			log.Fatal(err)
		}
		fmt.Println("ok")
	}
}

func leaves(bundle []byte) ([][]byte, error) {
	entries := &api.EntryBundle{}
	if err := entries.UnmarshalText(bundle); err != nil {
		return nil, err
	}
	hashes := [][]byte{}
	for _, entry := range entries.Entries {
		hashes = append(hashes, rfc6962.DefaultHasher.HashLeaf(entry))
	}
	return hashes, nil
}
