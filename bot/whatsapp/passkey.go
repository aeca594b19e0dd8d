package whatsapp

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/types"
	"go.mau.fi/whatsmeow/types/events"
)

// passkey has the operator's browser answer for the account's passkey: only a page of WhatsApp's may use it.
func (p *pairing) passkey(ctx context.Context, client *whatsmeow.Client, request *events.PairPasskeyRequest) error {
	ask, err := forBrowser(request.PublicKey)
	if err != nil {
		return fmt.Errorf("the passkey's request: %w", err)
	}
	p.passkeys = true
	p.show(Step{Kind: StepPasskey, Detail: ask, Until: p.ends})
	for {
		answer, err := p.answer(ctx)
		if err != nil {
			return err
		}
		var response types.WebAuthnResponse
		if json.Unmarshal([]byte(answer), &response) == nil && response.RawID != nil {
			if err := client.SendPasskeyResponse(ctx, &response); err != nil {
				return errors.New("WhatsApp did not take the passkey's answer: try again, and use the passkey of this very account")
			}
			return nil
		}
		p.show(Step{Kind: StepUnread, Detail: fmt.Sprint(len(answer), " letters"), Until: p.ends})
	}
}

// forBrowser writes a passkey's request as browsers read it (WebAuthn, PublicKeyCredentialRequestOptionsJSON): what it
// does not say is left out, for they take no null.
func forBrowser(request *types.WebAuthnPublicKey) (string, error) {
	plain, err := json.Marshal(request)
	if err != nil {
		return "", err
	}
	var said any
	if err := json.Unmarshal(plain, &said); err != nil {
		return "", err
	}
	plain, err = json.Marshal(withoutNulls(said))
	return string(plain), err
}

func withoutNulls(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for name, inner := range v {
			if v[name] = withoutNulls(inner); inner == nil {
				delete(v, name)
			}
		}
	case []any:
		for i := range v {
			v[i] = withoutNulls(v[i])
		}
	}
	return v
}
