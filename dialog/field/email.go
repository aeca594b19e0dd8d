package field

import "strings"

// Email reads an e-mail address into lower case. The address is the dot-atom form of RFC 5321 and RFC 5322 with a
// domain of at least two labels; quoted local parts and address literals, which no member has, are refused. Problems:
// email.unclear (no address to be seen), email.invalid (one that cannot be right).
func Email(text string) (string, error) {
	if len(text) > maxTyped {
		return "", refuse("email.unclear")
	}
	address := bareEmail(strings.ToLower(Plain(text)))
	at := strings.LastIndexByte(address, '@')
	if at < 0 {
		return "", refuse("email.unclear")
	}
	if !isLocalPart(address[:at]) || !isDomain(address[at+1:]) || len(address) > 254 {
		return "", refuse("email.invalid")
	}
	return address, nil
}

// bareEmail cuts what people and phones put around an address: "Email: siti @ contoh.id ya".
func bareEmail(text string) string {
	text = strings.ReplaceAll(strings.ReplaceAll(text, " @", "@"), "@ ", "@")
	for _, word := range strings.Fields(text) {
		word = strings.TrimPrefix(word, "e-mail:")
		word = strings.TrimPrefix(word, "email:")
		word = strings.TrimPrefix(word, "mailto:")
		if strings.ContainsRune(word, '@') {
			if strings.Count(text, "@") > 1 || !onlyCourtesies(text) {
				return text
			}
			return unwrap(word)
		}
	}
	return text
}

// unwrap cuts brackets, quotes and WhatsApp's marks from around an address; the latter only in pairs, for an address
// may begin with an underscore.
func unwrap(word string) string {
	word = strings.Trim(word, "<>()[]\"',;:!")
	for len(word) > 2 && word[0] == word[len(word)-1] && strings.IndexByte("*_~`", word[0]) >= 0 {
		word = word[1 : len(word)-1]
	}
	return strings.TrimRight(word, ".,;:!?")
}

// onlyCourtesies reports whether nothing else is said beside the word with the @.
func onlyCourtesies(text string) bool {
	for _, word := range strings.Fields(text) {
		bare := strings.Trim(word, "*_~`<>()[]\"',;:.!=-")
		if !strings.ContainsRune(word, '@') && bare != "" && !leading[bare] && !trailing[bare] && !emailWords[bare] {
			return false
		}
	}
	return true
}

var emailWords = wordSet("email e-mail mail surel alamat address adalah yaitu is my")

// isLocalPart checks a dot-atom of at most 64 octets (RFC 5321, 4.5.3.1.1; RFC 5322, 3.2.3).
func isLocalPart(local string) bool {
	if local == "" || len(local) > 64 || strings.Contains("."+local+".", "..") {
		return false
	}
	for i := range len(local) {
		c := local[i]
		if !isLower(c) && !isDigit(c) && strings.IndexByte(".!#$%&'*+/=?^_`{|}~-", c) < 0 {
			return false
		}
	}
	return true
}

// isDomain checks a host name (RFC 1123, 2.1) with a top level of letters.
func isDomain(domain string) bool {
	labels := strings.Split(domain, ".")
	if len(labels) < 2 {
		return false
	}
	for _, label := range labels {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
		for i := range len(label) {
			if c := label[i]; !isLower(c) && !isDigit(c) && c != '-' {
				return false
			}
		}
	}
	top := labels[len(labels)-1]
	return len(top) >= 2 && strings.Trim(top, "abcdefghijklmnopqrstuvwxyz") == ""
}
