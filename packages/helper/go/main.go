// The container helper: one static program that needs nothing of the image it runs in.
//
//	helper wrap …    stands in front of a container's command and can start it again
//	helper agent     receives files and commands over stdin and answers over stdout
//	helper look      tells whether it gets at the files of another container
//	helper idle      stays, for agents of other containers to be started beside it
//	helper version   tells the version of both
package main

import (
	"os"
	"strings"
	"time"
)

// version changes when the agent's protocol or the options of wrap change. src/helper-paths.ts names the same.
const version = "1"

const usage = `usage: helper wrap [--on-exit=end|stay] [--grace=2s] [--socket=name] -- command [argument…]
       helper agent [--socket=name] [--target=process|container]
       helper look --target=process|container
       helper idle
       helper version
`

// exitUsage is the code for a command line that is not understood.
const exitUsage = 64

func main() {
	os.Exit(run(os.Args[1:]))
}

func run(args []string) int {
	if len(args) == 0 {
		return misused("no subcommand")
	}
	options := options{onExit: "end", grace: 2 * time.Second}
	rest, wrong := options.parse(args[1:])
	if wrong != "" {
		return misused(wrong)
	}
	if options.socket == "" {
		options.socket = socketName()
	}
	switch args[0] {
	case "wrap":
		if len(rest) == 0 {
			return misused("no command after --")
		}
		return wrap(rest, options)
	case "agent":
		return agent(options)
	case "look":
		if options.target == "" {
			return misused("no --target")
		}
		return options.target.look()
	case "idle":
		return idle()
	case "version":
		os.Stdout.WriteString(version + "\n")
		return 0
	}
	return misused("unknown subcommand " + args[0])
}

type options struct {
	onExit string
	grace  time.Duration
	socket string
	target target
}

// parse returns what stands behind `--`, or what is wrong.
func (o *options) parse(args []string) (rest []string, wrong string) {
	for index, arg := range args {
		name, value, _ := strings.Cut(arg, "=")
		switch {
		case name == "--":
			return args[index+1:], ""
		case name == "--on-exit" && (value == "end" || value == "stay"):
			o.onExit = value
		case name == "--grace":
			grace, err := time.ParseDuration(value)
			if err != nil || grace < 0 {
				return nil, "not a duration: " + arg
			}
			o.grace = grace
		case name == "--socket" && value != "":
			o.socket = value
		case name == "--target" && value != "":
			o.target = target(value)
		default:
			return nil, "unknown option " + arg
		}
	}
	return nil, ""
}

func misused(what string) int {
	complain(what + "\n" + usage)
	return exitUsage
}

func complain(what string) {
	os.Stderr.WriteString("tiltts helper: " + strings.TrimSuffix(what, "\n") + "\n")
}
