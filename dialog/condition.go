package dialog

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/types"
	"github.com/expr-lang/expr/vm"
)

// Condition is a truth about the session, written in expr-lang. Only functions whose result depends on nothing but
// their arguments are allowed, so that a conversation replays.
type Condition struct {
	Source string

	at      place
	program *vm.Program
	names   []string // the fields and facts it reads
}

// pureFunctions are the functions conditions may call.
var pureFunctions = []string{"len", "lower", "upper", "trim", "int"}

// compile checks the condition against the names it may use.
func (c *Condition) compile(symbols types.Map) error {
	names := &identifiers{}
	options := []expr.Option{expr.Env(symbols), expr.AsBool(), expr.DisableAllBuiltins(), expr.Patch(names)}
	for _, f := range pureFunctions {
		options = append(options, expr.EnableBuiltin(f))
	}
	program, err := expr.Compile(c.Source, options...)
	if err != nil {
		var at *file.Error
		if errors.As(err, &at) {
			return errors.New(at.Message)
		}
		return err
	}
	c.program, c.names = program, names.found
	return nil
}

// identifiers collects the names an expression reads.
type identifiers struct{ found []string }

// Visit implements expr's ast.Visitor.
func (v *identifiers) Visit(n *ast.Node) {
	if id, ok := (*n).(*ast.IdentifierNode); ok && !slices.Contains(v.found, id.Value) {
		v.found = append(v.found, id.Value)
	}
}

// holds evaluates the condition; value gives a field or fact by name; env is only room to
// work in.
func (c *Condition) holds(m *vm.VM, env map[string]any, value func(name string) any) (bool, error) {
	clear(env)
	for _, n := range c.names {
		env[n] = value(n)
	}
	out, err := m.Run(c.program, env)
	if err != nil {
		return false, fmt.Errorf("condition %q: %w", c.Source, err)
	}
	truth, ok := out.(bool)
	if !ok {
		return false, fmt.Errorf("condition %q gave a %T", c.Source, out)
	}
	return truth, nil
}

// typed turns a canonical value into what conditions compute with; "" is the zero of its kind.
func typed(kind ValueKind, value string) any {
	switch kind {
	case NumberValue:
		n, _ := strconv.Atoi(value) // "" is 0, and anything else was canonical when it was stored
		return n
	case TruthValue:
		return value == "true"
	case TextValue, DateValue, FileValue:
		return value
	}
	return value
}

// conditionType is a kind's type in conditions.
func conditionType(kind ValueKind) types.Type {
	switch kind {
	case NumberValue:
		return types.Int
	case TruthValue:
		return types.Bool
	case TextValue, DateValue, FileValue:
		return types.String
	}
	return types.String
}

// environment gives the names a flow's conditions may use, facts as maps.
func (f *Flow) environment(typeOf func(name string) (Type, bool)) types.Map {
	env := types.Map{}
	for name, s := range f.symbols {
		t, ok := typeOf(s.typeName)
		if !ok {
			continue
		}
		root, member, isFact := strings.Cut(name, ".")
		if !isFact {
			env[name] = conditionType(t.Kind)
			continue
		}
		facts, ok := env[root].(types.Map)
		if !ok {
			facts = types.Map{}
			env[root] = facts
		}
		facts[member] = conditionType(t.Kind)
	}
	return env
}
