// What the engine reads from stack files: each line of the input is a file's text as a JSON string, each line of the
// output has the texts that the program would be given, by key, or the engine's refusal.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"

	"github.com/pulumi/pulumi/sdk/v3/go/common/encoding"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/config"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	"github.com/pulumi/pulumi/sdk/v3/go/common/workspace"
)

type answer struct {
	Config map[string]string `json:"config,omitempty"`
	Error  string            `json:"error,omitempty"`
}

func main() {
	lines := bufio.NewReader(os.Stdin)
	answers := json.NewEncoder(os.Stdout)
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			return
		}
		var text string
		if err := json.Unmarshal(line, &text); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		if err := answers.Encode(read(text)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}

func read(text string) (found answer) {
	// The engine ends with a panic where a value is of no type that it knows.
	defer func() {
		if reason := recover(); reason != nil {
			found = answer{Error: fmt.Sprint(reason)}
		}
	}()
	project := &workspace.Project{Name: tokens.PackageName("stagecoach")}
	stack, err := workspace.LoadProjectStackBytes(nil, project, []byte(text), "Pulumi.stage1.yaml", encoding.YAML)
	if err != nil {
		return answer{Error: err.Error()}
	}
	values, err := stack.Config.Decrypt(config.NopDecrypter)
	if err != nil {
		return answer{Error: err.Error()}
	}
	texts := make(map[string]string, len(values))
	for key, value := range values {
		texts[key.String()] = value
	}
	return answer{Config: texts}
}
