package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"sapa/dialog"
	"sapa/dialog/jkn"
)

func (s *sapa) flowCommand() *cobra.Command {
	return group("flow", "Check, draw and list the flows", "  sapa flow check --flows ./flows",
		s.flowCheckCommand(), s.flowGraphCommand(), s.flowListCommand())
}

func (s *sapa) flowCheckCommand() *cobra.Command {
	var intents bool
	c := &cobra.Command{
		Use:   "check",
		Short: "Check the flows and report every mistake with its place",
		Long: "Check the flows: every node can be reached and left, every number leads somewhere, every text is there in\n" +
			"every language, every placeholder is known. All mistakes are printed at once. With --intents also how well\n" +
			"the first messages in intents.tsv, beside the flows, are understood.",
		Example: "  sapa flow check\n  sapa flow check --flows ./flows --intents",
		Args:    cobra.NoArgs,
		RunE:    func(*cobra.Command, []string) error { return s.checkFlows(intents) },
	}
	c.Flags().BoolVar(&intents, "intents", false, "also try what people write first")
	return c
}

func (s *sapa) checkFlows(intents bool) error {
	catalog, err := dialog.Load(s.flows(), jkn.Scheme())
	var mistakes dialog.Mistakes
	if errors.As(err, &mistakes) {
		if _, err := fmt.Fprintln(s.stdout, mistakes.Error()); err != nil {
			return err
		}
		return fmt.Errorf("mistakes in the flows: %d", len(mistakes))
	}
	if err != nil {
		return err
	}
	nodes, services := 0, 0
	for _, f := range catalog.Flows {
		nodes += len(f.Nodes)
		if f.Service != nil {
			services++
		}
	}
	_, err = fmt.Fprintf(s.stdout, "%s: %d flows, %d of them services, %d nodes, %d languages; no mistakes\n",
		catalog.Name, len(catalog.Flows), services, nodes, len(catalog.Languages))
	if err != nil || !intents {
		return err
	}
	return s.checkIntents(catalog)
}

// maxConfusions is how many confusions of services are shown.
const maxConfusions = 10

// checkIntents tries what people write first, and tells how much of it is understood.
func (s *sapa) checkIntents(catalog *dialog.Catalog) error {
	messages, err := catalog.FirstMessages(s.flows())
	if err != nil {
		return err
	}
	all, confused := catalog.Understand(messages)
	apart, _ := catalog.Understand(slices.DeleteFunc(messages, func(m dialog.FirstMessage) bool { return !m.Apart }))
	for _, part := range []struct {
		name string
		dialog.Understanding
	}{{"first messages", all}, {"of them kept apart", apart}} {
		first, among := part.Shares()
		if _, err := fmt.Fprintf(s.stdout, "%s: %d; the right service comes first in %.1f %%, is among three in %.1f %%\n",
			part.name, part.Messages, first, among); err != nil {
			return err
		}
	}
	rows := [][]string{{"MEANT", "PROPOSED", "TIMES", "FOR EXAMPLE"}}
	for _, c := range confused[:min(len(confused), maxConfusions)] {
		rows = append(rows, []string{c.Meant, c.Proposed, fmt.Sprint(c.Times), c.Example})
	}
	if err := printTable(s.stdout, rows); err != nil {
		return err
	}
	if !all.Enough() || apart.Messages > 0 && !apart.Enough() {
		return fmt.Errorf("too few first messages are understood: the right service has to come first in %d %% and be among three in %d %%",
			dialog.LeastFirst, dialog.LeastAmong)
	}
	return nil
}

func (s *sapa) flowGraphCommand() *cobra.Command {
	var lang string
	c := &cobra.Command{
		Use:     "graph [FLOW]",
		Short:   "Draw a flow, or how all flows lead to each other, as Mermaid",
		Example: "  sapa flow graph\n  sapa flow graph reaktivasi --lang en > reaktivasi.mmd",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			catalog, err := s.catalog()
			if err != nil {
				return err
			}
			graph, err := draw(catalog, args, lang)
			if err != nil {
				return err
			}
			_, err = io.WriteString(s.stdout, graph)
			return err
		},
	}
	c.Flags().StringVar(&lang, "lang", "", "`language` of the words (default: the catalogue's first)")
	return c
}

func draw(catalog *dialog.Catalog, args []string, lang string) (string, error) {
	if lang == "" {
		lang = catalog.Languages[0]
	}
	if !speaks(catalog, lang) {
		return "", misused("--lang %q: the flows speak %s", lang, joined(catalog.Languages))
	}
	if len(args) == 0 {
		return catalog.Overview(lang), nil
	}
	return catalog.Graph(args[0], lang)
}

func speaks(catalog *dialog.Catalog, lang string) bool {
	for _, l := range catalog.Languages {
		if l == lang {
			return true
		}
	}
	return false
}

// flowLine is a flow in a list.
type flowLine struct {
	Flow    string       `json:"flow"`
	Title   dialog.Words `json:"title"`
	Service bool         `json:"service"` // it opens tickets
	Nodes   int          `json:"nodes"`
	Stages  int          `json:"stages"`
}

func (s *sapa) flowListCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:     "list",
		Short:   "List the flows and services",
		Example: "  sapa flow list\n  sapa flow list --json",
		Args:    cobra.NoArgs,
		RunE:    func(*cobra.Command, []string) error { return s.listFlows(asJSON) },
	}
	c.Flags().BoolVar(&asJSON, "json", false, "a JSON object a line")
	return c
}

func (s *sapa) listFlows(asJSON bool) error {
	catalog, err := s.catalog()
	if err != nil {
		return err
	}
	e := json.NewEncoder(s.stdout)
	e.SetEscapeHTML(false)
	rows := [][]string{{"FLOW", "KIND", "NODES", "STAGES", "TITLE"}}
	for _, name := range catalog.Order() {
		f := catalog.Flows[name]
		line := flowLine{Flow: name, Title: f.Title, Service: f.Service != nil, Nodes: len(f.Nodes)}
		kind := "flow"
		if line.Service {
			kind, line.Stages = "service", len(f.Service.Pipeline.Stages)
		}
		if asJSON {
			if err := e.Encode(line); err != nil {
				return err
			}
			continue
		}
		rows = append(rows, []string{
			name, kind, fmt.Sprint(line.Nodes), fmt.Sprint(line.Stages), f.Title[catalog.Languages[0]],
		})
	}
	if asJSON {
		return nil
	}
	return printTable(s.stdout, rows)
}
