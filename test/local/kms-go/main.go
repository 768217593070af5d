// Command kms-go verifies a checkpoint by the specifications alone: its own reading of the note, its own cosigned_message,
// Ed25519 of the standard library and filippo.io/mldsa. Usage: kms-go NOTE VKEY...; prints a line per signature by a key given.
package main

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"os"
	"strings"

	"filippo.io/mldsa"
)

func main() {
	note, err := os.ReadFile(os.Args[1])
	if err != nil {
		fmt.Println(err)
		os.Exit(2)
	}
	cut := bytes.LastIndex(note, []byte("\n\n"))
	text, lines := note[:cut+1], strings.Split(strings.TrimSpace(string(note[cut+2:])), "\n")
	for _, line := range lines {
		words := strings.Split(line, " ")
		blob, _ := base64.StdEncoding.DecodeString(words[2])
		for _, vkey := range os.Args[2:] {
			parts := strings.SplitN(vkey, "+", 3)
			if parts[0] != words[1] || parts[1] != hex.EncodeToString(blob[:4]) {
				continue
			}
			material, _ := base64.StdEncoding.DecodeString(parts[2])
			fmt.Printf("%02x %t\n", material[0], verifies(material[0], material[1:], words[1], text, blob[4:]))
		}
	}
}

func verifies(kind byte, key []byte, name string, text, payload []byte) bool {
	if kind == 1 {
		return ed25519.Verify(key, text, payload)
	}
	public, err := mldsa.NewPublicKey(mldsa.MLDSA44(), key)
	if err != nil {
		return false
	}
	return mldsa.Verify(public, cosigned(name, text, payload[:8]), payload[8:], nil) == nil
}

// cosigned is tlog-cosignature's cosigned_message for a whole tree.
func cosigned(name string, text, time []byte) []byte {
	lines := strings.Split(string(text), "\n")
	var size uint64
	fmt.Sscan(lines[1], &size)
	root, _ := base64.StdEncoding.DecodeString(lines[2])
	message := append([]byte("subtree/v1\n\x00"), byte(len(name)))
	message = append(append(message, name...), time...)
	message = append(append(message, byte(len(lines[0]))), lines[0]...)
	message = binary.BigEndian.AppendUint64(message, 0)
	return append(binary.BigEndian.AppendUint64(message, size), root...)
}
