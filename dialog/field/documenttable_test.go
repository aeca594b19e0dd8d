package field

import (
	"bytes"
	"strings"
	"testing"
)

func TestTablesAreToldByTheirBytes(t *testing.T) {
	rows := strings.Repeat("3174011708900012;resign;1-12-2026\r\n", MaxTable/35)
	for name, c := range map[string]struct {
		file, body string
		want       string // MIME, or the code of the refusal
	}{
		"rows":                  {"pegawai.csv", "nomor;alasan\r\n0001234567890;resign\r\n", TableMIME},
		"one column":            {"pegawai.txt", "0001234567890\n0001234567891\n", TableMIME},
		"a byte order mark":     {"pegawai.csv", "\uFEFFnomor\n0001234567890\n", TableMIME},
		"as much as may be":     {"pegawai.csv", rows, TableMIME},
		"more":                  {"pegawai.csv", rows + rows, "document.bytes"},
		"a PDF that says table": {"pegawai.csv", "%PDF-1.4\n%%EOF\n", "application/pdf"},
		"markup":                {"pegawai.csv", "<html><script>1</script>", "document.table"},
		"Latin 1":               {"pegawai.csv", "nomor,nama\n1,Andr\xe9\n", "document.table"},
		"UTF-16":                {"PEGAWAI.CSV", "\xff\xfen\x00o\x001\x00", "document.table"},
		"words":                 {"pegawai.csv", "bukan tabel", "document.table"},
		"words in a photo":      {"kartu.jpg", "bukan gambar", "document.kind"},
		"a workbook":            {"pegawai.xlsx", "PK\x03\x04 1", "document.kind"},
	} {
		checked, err := Document(c.file, []byte(c.body))
		got := checked.MIME
		if err != nil {
			got = code(err)
		}
		if got != c.want || err == nil && !bytes.Equal(checked.Body, []byte(c.body)) {
			t.Errorf("%s: %s, want %s as it was", name, got, c.want)
		}
	}
}
