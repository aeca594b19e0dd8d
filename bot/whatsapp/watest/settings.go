package watest

import (
	"bytes"
	"compress/zlib"
	"context"
	"strconv"

	"go.mau.fi/whatsmeow/appstate"
	waBinary "go.mau.fi/whatsmeow/binary"
	"go.mau.fi/whatsmeow/proto/waCommon"
	"go.mau.fi/whatsmeow/proto/waE2E"
	"go.mau.fi/whatsmeow/proto/waHistorySync"
	"go.mau.fi/whatsmeow/proto/waServerSync"
	"go.mau.fi/whatsmeow/proto/waWeb"
	"go.mau.fi/whatsmeow/store"
	"go.mau.fi/whatsmeow/types"
	waLog "go.mau.fi/whatsmeow/util/log"
	"google.golang.org/protobuf/proto"
)

// sharedSettings are what a number's phone shares with its linked devices
// ("app state"): here the name it shows others. Each change is a patch,
// encrypted under a key that the phone gives its devices. The number guards it.
type sharedSettings struct {
	name    string
	keyID   []byte
	keyData []byte
	state   appstate.HashState
	patches [][]byte
}

func newSharedSettings(name string) *sharedSettings {
	return &sharedSettings{name: name, keyID: []byte{0, 0, 0, 0, 0, 1}, keyData: bytes.Repeat([]byte{7}, 32)}
}

// welcome shares the settings with a device that logs in for the first time.
func (n *Number) welcome(c *companion) {
	c.Lock()
	greeted := c.greeted
	c.greeted = true
	c.Unlock()
	if greeted {
		return
	}
	n.Lock()
	first, name := len(n.shared.patches) == 0, n.shared.name
	n.Unlock()
	if first {
		n.rename(name)
	}
	n.shareKey(c)
}

// shareKey gives a device the key to the settings; the device then fetches them.
func (n *Number) shareKey(c *companion) {
	n.tell(c, n.s.nextID("3AKEY"), waBinary.Attrs{"category": "peer"}, &waE2E.Message{ProtocolMessage: &waE2E.ProtocolMessage{
		Type: waE2E.ProtocolMessage_APP_STATE_SYNC_KEY_SHARE.Enum(),
		AppStateSyncKeyShare: &waE2E.AppStateSyncKeyShare{Keys: []*waE2E.AppStateSyncKey{{
			KeyID: &waE2E.AppStateSyncKeyId{KeyID: n.shared.keyID},
			KeyData: &waE2E.AppStateSyncKeyData{
				KeyData: n.shared.keyData, Fingerprint: &waE2E.AppStateSyncKeyFingerprint{}, Timestamp: proto.Int64(1),
			},
		}}},
	}})
}

// SetsName changes the name that others see, on the number's own phone; its
// devices are told.
func (n *Number) SetsName(name string) {
	n.rename(name)
	for _, c := range n.linked() {
		c.enqueue(waBinary.Node{
			Tag:   "notification",
			Attrs: waBinary.Attrs{"from": n.pn, "type": "server_sync", "id": n.s.nextID("sync-"), "t": unixNow()},
			Content: []waBinary.Node{{Tag: "collection", Attrs: waBinary.Attrs{
				"name": string(appstate.WAPatchCriticalBlock), "version": strconv.FormatUint(n.version(), 10),
			}}},
		})
	}
}

func (n *Number) version() uint64 {
	n.Lock()
	defer n.Unlock()
	return n.shared.state.Version
}

// rename writes the next patch.
func (n *Number) rename(name string) {
	ctx := context.Background()
	n.signal.Lock()
	defer n.signal.Unlock()
	n.Lock()
	defer n.Unlock()
	shared, device := n.shared, n.signal.device
	_ = n.signal.vault.PutAppStateSyncKey(ctx, shared.keyID, store.AppStateSyncKey{Data: shared.keyData})
	encoded, err := appstate.NewProcessor(device, waLog.Noop).
		EncodePatch(ctx, shared.keyID, shared.state, appstate.BuildSettingPushName(name))
	if err != nil {
		n.s.wrong("encode settings: %v", err)
		return
	}
	patch := &waServerSync.SyncdPatch{}
	if err = proto.Unmarshal(encoded, patch); err != nil {
		n.s.wrong("decode settings: %v", err)
		return
	}
	patch.Version = &waServerSync.SyncdVersion{Version: proto.Uint64(shared.state.Version + 1)} // the server numbers patches
	shared.patches = append(shared.patches, must(proto.Marshal(patch)))
	shared.name, n.name = name, name

	// What the phone itself must remember to write the patch after this one.
	list := &appstate.PatchList{Name: appstate.WAPatchCriticalBlock, Patches: []*waServerSync.SyncdPatch{patch}}
	mutations, state, err := appstate.NewProcessor(device, waLog.Noop).DecodePatches(ctx, list, shared.state, true)
	if err != nil {
		n.s.wrong("apply settings: %v", err)
		return
	}
	shared.state = state
	for _, m := range mutations {
		n.signal.vault.appMACs[string(appstate.WAPatchCriticalBlock)+" "+string(m.IndexMAC)] = m.ValueMAC
	}
}

// settings answers a device that fetches a collection of settings.
func (n *Number) settings(question waBinary.Node) waBinary.Node {
	asked := question.GetChildByTag("collection")
	name, _ := asked.Attrs["name"].(string)
	version, _ := asked.Attrs["version"].(string)
	from, _ := strconv.Atoi(version) // none when it asks for everything
	n.Lock()
	defer n.Unlock()
	var patches []waBinary.Node
	if name == string(appstate.WAPatchCriticalBlock) && from < len(n.shared.patches) {
		for _, patch := range n.shared.patches[from:] {
			patches = append(patches, waBinary.Node{Tag: "patch", Content: patch})
		}
	}
	return waBinary.Node{Tag: "sync", Content: []waBinary.Node{{
		Tag: "collection", Attrs: waBinary.Attrs{"name": name},
		Content: []waBinary.Node{{Tag: "patches", Content: patches}},
	}}}
}

// SharesHistory has the number's phone send its devices old messages, as it does
// after linking: each text once, as if the person had written it long ago.
func (n *Number) SharesHistory(from *Person, texts ...string) {
	conversation := &waHistorySync.Conversation{ID: proto.String(from.lid.String())}
	for i, text := range texts {
		conversation.Messages = append(conversation.Messages, &waHistorySync.HistorySyncMsg{Message: pastMessage(from, i, text)})
	}
	raw := must(proto.Marshal(&waHistorySync.HistorySync{
		SyncType:      waHistorySync.HistorySync_INITIAL_BOOTSTRAP.Enum(),
		Conversations: []*waHistorySync.Conversation{conversation},
	}))
	var packed bytes.Buffer
	w := zlib.NewWriter(&packed)
	_, _ = w.Write(raw) // to memory
	_ = w.Close()
	for _, c := range n.linked() {
		n.tell(c, n.s.nextID("3AHIST"), waBinary.Attrs{"category": "peer"}, &waE2E.Message{ProtocolMessage: &waE2E.ProtocolMessage{
			Type: waE2E.ProtocolMessage_HISTORY_SYNC_NOTIFICATION.Enum(),
			HistorySyncNotification: &waE2E.HistorySyncNotification{
				SyncType: waE2E.HistorySyncType_INITIAL_BOOTSTRAP.Enum(), InitialHistBootstrapInlinePayload: packed.Bytes(),
			},
		}})
	}
}

// Timelock tells the line that its account may not start new chats (active), or
// that it may again, and makes every message it sends fail with error 463 in
// between.
func (s *Server) Timelock(line *Number, active bool) {
	code, ends := 0, "0"
	if active {
		code, ends = 463, unixNow()
	}
	s.RejectSends(line, code)
	data := `{"data":{"xwa2_notify_account_reachout_timelock":{"enforcement_type":"REACHOUT_TIMELOCK","is_active":` +
		strconv.FormatBool(active) + `,"time_enforcement_ends":"` + ends + `"}}}`
	for _, c := range line.linked() {
		c.enqueue(waBinary.Node{
			Tag:   "notification",
			Attrs: waBinary.Attrs{"from": types.ServerJID, "type": "mex", "id": s.nextID("mex-"), "t": unixNow()},
			Content: []waBinary.Node{{
				Tag: "update", Attrs: waBinary.Attrs{"op_name": "NotificationUserReachoutTimelockUpdate"}, Content: []byte(data),
			}},
		})
	}
}

func pastMessage(from *Person, i int, text string) *waWeb.WebMessageInfo {
	return &waWeb.WebMessageInfo{
		Key: &waCommon.MessageKey{
			RemoteJID: proto.String(from.lid.String()), FromMe: proto.Bool(false), ID: proto.String("OLD" + strconv.Itoa(i)),
		},
		Message:          &waE2E.Message{Conversation: proto.String(text)},
		MessageTimestamp: proto.Uint64(946684800),
	}
}
