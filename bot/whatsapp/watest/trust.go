package watest

import (
	"fmt"
	"sync"
	"testing"

	"go.mau.fi/libsignal/ecc"
	signallog "go.mau.fi/libsignal/logger"
	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waCert"
	"go.mau.fi/whatsmeow/util/keys"
	"google.golang.org/protobuf/proto"
)

// root signs for every server of this process, because whatsmeow keeps the one
// key it trusts in a package variable.
var root = sync.OnceValue(keys.NewKeyPair)

// Trust makes every whatsmeow client of this process believe the servers of
// this package instead of WhatsApp's. Call it once, from TestMain, before any
// client connects. It panics outside a test binary.
func Trust() { TrustKey(RootKey()) }

// TrustKey is [Trust] for a child process whose server lives in its parent: the
// parent hands over its [RootKey].
func TrustKey(key [32]byte) {
	mustBeTest()
	hushSignal()
	whatsmeow.WACertPubKey = key
}

// hushSignal gives libsignal a log that nobody reads, unless it has one: it would make itself one at its first word, and
// race with itself where phones talk side by side.
func hushSignal() {
	if signallog.Logger == nil {
		var silent signallog.Loggable = silence{}
		signallog.Setup(&silent)
	}
}

type silence struct{}

// Debug is dropped.
func (silence) Debug(string, string) {}

// Info is dropped.
func (silence) Info(string, string) {}

// Warning is dropped.
func (silence) Warning(string, string) {}

// Error is dropped.
func (silence) Error(string, string) {}

// Configure is not needed.
func (silence) Configure(string) {}

// RootKey is the public key that signs for this process's servers.
func RootKey() [32]byte { return *root().Pub }

// mustBeTest keeps this package out of anything but tests: a binary not built
// by "go test" panics before it trusts or serves anything.
func mustBeTest() {
	if !testing.Testing() {
		panic("watest: a WhatsApp server for tests has no place in this binary")
	}
}

// certificates are what a server shows during the handshake.
type certificates struct {
	static *keys.KeyPair // the key the leaf certificate vouches for
	chain  []byte        // intermediate and leaf, marshalled
}

// newCertificates issues a chain root → intermediate → leaf, valid from 1970 to
// 2100 so that it holds in a synctest bubble too, whose clock starts in 2000.
func newCertificates() (*certificates, error) {
	intermediateKey, static := keys.NewKeyPair(), keys.NewKeyPair()
	intermediate, err := certify(root(), intermediateKey, 1, whatsmeow.WACertIssuerSerial)
	if err != nil {
		return nil, err
	}
	leaf, err := certify(intermediateKey, static, 2, 1)
	if err != nil {
		return nil, err
	}
	chain, err := proto.Marshal(&waCert.CertChain{Intermediate: intermediate, Leaf: leaf})
	if err != nil {
		return nil, fmt.Errorf("marshal certificate chain: %w", err)
	}
	return &certificates{static: static, chain: chain}, nil
}

func certify(signer, subject *keys.KeyPair, serial, issuer uint32) (*waCert.CertChain_NoiseCertificate, error) {
	const year2100 = 4102444800
	details, err := proto.Marshal(&waCert.CertChain_NoiseCertificate_Details{
		Serial: proto.Uint32(serial), IssuerSerial: proto.Uint32(issuer), Key: subject.Pub[:],
		NotBefore: proto.Uint64(0), NotAfter: proto.Uint64(year2100),
	})
	if err != nil {
		return nil, fmt.Errorf("marshal certificate: %w", err)
	}
	signature := ecc.CalculateSignature(ecc.NewDjbECPrivateKey(*signer.Priv), details)
	return &waCert.CertChain_NoiseCertificate{Details: details, Signature: signature[:]}, nil
}
